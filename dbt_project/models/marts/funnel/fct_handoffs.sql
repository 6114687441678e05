-- One row per passage of the baton: the hand-over, its instants, what became of it, and what it brought in.
with verdicts as (
    select handoff_id, {{ verdict_rollup('verdict') }} as sla_verdict
    from {{ ref('int_clause_verdicts') }}
    where subject_type = 'handoff'
    group by handoff_id
),

owners as (
    select handoff_id, count(*) as owners from {{ ref('int_handoff_owners') }} group by handoff_id
),

-- The wait for an owner is the system's, the wait for the first attempt after it is the seller's.
waits as (
    select
        h.handoff_id,
        coalesce(c.calendar_hash, h.calendar_hash) as calendar_hash,
        h.mql_at,
        case when h.mql_at is not null and h.assigned_at is not null then greatest(h.mql_at, h.assigned_at) end as owned_at,
        h.first_attempt_at
    from {{ ref('int_handoffs') }} as h
    left join {{ ref('int_seller_calendars') }} as c
        on h.agreement_version = c.agreement_version and h.seller_id = c.seller_id
),

delays as (
    select
        w.handoff_id,
        {{ epoch_seconds('w.owned_at') }} - {{ epoch_seconds('w.mql_at') }} as system_delay_seconds,
        {{ epoch_seconds('w.first_attempt_at') }} - {{ epoch_seconds('w.owned_at') }} as human_delay_seconds,
        {{ worked_before('w.owned_at', 'd2') }} - {{ worked_before('w.mql_at', 'd1') }} as system_delay_business_seconds,
        {{ worked_before('w.first_attempt_at', 'd3') }} - {{ worked_before('w.owned_at', 'd2') }}
            as human_delay_business_seconds
    from waits as w
    left join {{ ref('stg_agreement__calendar_days') }} as d1
        on w.calendar_hash = d1.calendar_hash and cast(w.mql_at as date) = d1.utc_date
    left join {{ ref('stg_agreement__calendar_days') }} as d2
        on w.calendar_hash = d2.calendar_hash and cast(w.owned_at as date) = d2.utc_date
    left join {{ ref('stg_agreement__calendar_days') }} as d3
        on w.calendar_hash = d3.calendar_hash and cast(w.first_attempt_at as date) = d3.utc_date
)

select
    h.handoff_id, h.person_id, h.company_id, h.passage_no, h.source_system, h.primary_opportunity_id,
    h.campaign_id, h.channel, h.temperature, h.fit_score, h.interest_score,
    h.agreement_version, h.agreement_hash, h.seller_id,
    h.mql_at, h.mql_at_origin, h.mql_not_before, h.mql_date,
    h.assigned_at, h.first_attempt_at, h.first_contact_at, h.attempts,
    h.accepted_at, h.sql_at,
    {{ sql_date('h.sql_at', 'h.won_date') }} as sql_date,
    h.rejected_at, h.rejection_reason, h.next_step, r.returned_at,
    h.opportunity_at, h.proposal_at, h.won_at, h.won_date, h.lost_at, h.closed_at, h.closed_date,
    m.first_invoice_on, m.invoiced_amount,
    h.seller_rating, h.status, v.sla_verdict,
    q.mql_criteria_met,
    coalesce(o.owners, 0) as owners,
    d.system_delay_seconds,
    case when d.human_delay_seconds < 0 then 0 else d.human_delay_seconds end as human_delay_seconds,
    d.system_delay_business_seconds,
    case when d.human_delay_business_seconds < 0 then 0 else d.human_delay_business_seconds end
        as human_delay_business_seconds
from {{ ref('int_handoffs') }} as h
left join verdicts as v on h.handoff_id = v.handoff_id
left join owners as o on h.handoff_id = o.handoff_id
left join {{ ref('int_handoff_criteria') }} as q on h.handoff_id = q.handoff_id
left join delays as d on h.handoff_id = d.handoff_id
left join {{ ref('int_handoff_revenue') }} as m on h.handoff_id = m.handoff_id
left join {{ ref('int_handoff_returns') }} as r on h.handoff_id = r.handoff_id
