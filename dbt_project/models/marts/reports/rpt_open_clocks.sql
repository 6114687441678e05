-- Who must act now: response clocks that still run, and those that ran out while the passage is open and nobody has
-- made contact yet (`overdue`). Remaining time is negative when overdue. As of `as_of`, never of a wall clock.
with clocks as (
    select v.*, h.person_id, h.temperature, h.channel, h.primary_opportunity_id, {{ as_of() }} as as_of
    from {{ ref('int_response_verdicts') }} as v
    inner join {{ ref('int_handoffs') }} as h on v.handoff_id = h.handoff_id
    where v.verdict = 'running' or (v.verdict = 'breached' and v.met_at is null and h.status = 'open')
)

select
    c.verdict_id, c.handoff_id, c.clause_id, c.area,
    case when c.verdict = 'running' then 'running' else 'overdue' end as state,
    c.person_id, c.seller_id, c.primary_opportunity_id as opportunity_id, o.source_id as deal_id, o.stage,
    c.temperature, c.channel, c.clock, c.limit_seconds, c.started_at, c.due_at, c.as_of,
    {{ epoch_seconds('c.due_at') }} - {{ epoch_seconds('c.as_of') }} as remaining_seconds,
    {{ worked_before('c.due_at', 'd1') }} - {{ worked_before('c.as_of', 'd2') }} as remaining_business_seconds,
    {{ epoch_seconds('c.as_of') }} - {{ epoch_seconds('c.started_at') }} as waiting_seconds
from clocks as c
left join {{ ref('int_opportunities') }} as o on c.primary_opportunity_id = o.opportunity_id
left join {{ ref('stg_agreement__calendar_days') }} as d1
    on c.calendar_hash = d1.calendar_hash and cast(c.due_at as date) = d1.utc_date
left join {{ ref('stg_agreement__calendar_days') }} as d2
    on c.calendar_hash = d2.calendar_hash and cast(c.as_of as date) = d2.utc_date
