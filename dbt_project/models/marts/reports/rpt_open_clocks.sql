-- Who must act now: every clause that runs, and those that are broken but can still be made good: the passage is open, or
-- it closed so recently that its reason or its return still leads to something (and the person is not back by itself).
-- Remaining time is negative when overdue. As of `as_of`, never of a wall clock.
with handoffs as (
    select
        handoff_id, person_id, status, temperature, channel, primary_opportunity_id,
        passage_no = max(passage_no) over (partition by person_id) as is_last
    from {{ ref('int_handoffs') }}
),

clocks as (
    select
        v.*, h.person_id, h.temperature, h.channel, h.primary_opportunity_id, {{ as_of() }} as as_of
    from {{ ref('int_clause_verdicts') }} as v
    left join handoffs as h on v.handoff_id = h.handoff_id
    where v.verdict = 'running' or (
        v.verdict = 'breached' and v.met_at is null and v.subject_type = 'handoff' and (
            (h.status = 'open' and v.clause_kind <> 'cadence_order')
            or (
                h.is_last and v.clause_kind in ('reason_registered', 'returned_to_nurture')
                and v.started_at >= {{ add_seconds(as_of(), -86400 * var('return_max_age_days') | int) }}
            )
        )
    )
)

select
    c.verdict_id, c.handoff_id, c.subject_type, c.subject_id, c.clause_id, c.clause_kind, c.clause_title_pt,
    c.clause_title_en, c.area,
    case when c.area = 'marketing' then 'marketing' when c.seller_id is null then 'sales' else 'seller' end as who_acts,
    case when c.verdict = 'running' then 'running' else 'overdue' end as state,
    c.person_id, c.seller_id, c.primary_opportunity_id as opportunity_id, o.source_id as deal_id, o.stage,
    c.temperature, c.channel, c.clock, c.limit_seconds, c.started_at, c.due_at, c.as_of,
    {{ epoch_seconds('c.due_at') }} - {{ epoch_seconds('c.as_of') }} as remaining_seconds,
    {{ worked_before('c.due_at', 'd1') }} - {{ worked_before('c.as_of', 'd2') }} as remaining_business_seconds,
    {{ epoch_seconds('c.as_of') }} - {{ epoch_seconds('c.started_at') }} as waiting_seconds,
    {{ worked_before('c.as_of', 'd2') }} - {{ worked_before('c.started_at', 'd3') }} as waiting_business_seconds,
    c.evidence
from clocks as c
left join {{ ref('int_opportunities') }} as o on c.primary_opportunity_id = o.opportunity_id
left join {{ ref('stg_agreement__calendar_days') }} as d1
    on c.calendar_hash = d1.calendar_hash and cast(c.due_at as date) = d1.utc_date
left join {{ ref('stg_agreement__calendar_days') }} as d2
    on c.calendar_hash = d2.calendar_hash and cast(c.as_of as date) = d2.utc_date
left join {{ ref('stg_agreement__calendar_days') }} as d3
    on c.calendar_hash = d3.calendar_hash and cast(c.started_at as date) = d3.utc_date
