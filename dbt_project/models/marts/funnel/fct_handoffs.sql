-- One row per passage of the baton: the hand-over, its instants, what became of it, and what it brought in.
with verdicts as (
    select handoff_id, {{ verdict_rollup('verdict') }} as sla_verdict
    from {{ ref('int_response_verdicts') }}
    group by handoff_id
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
    h.seller_rating, h.status, v.sla_verdict
from {{ ref('int_handoffs') }} as h
left join verdicts as v on h.handoff_id = v.handoff_id
left join {{ ref('int_handoff_revenue') }} as m on h.handoff_id = m.handoff_id
left join {{ ref('int_handoff_returns') }} as r on h.handoff_id = r.handoff_id
