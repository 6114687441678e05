-- What other systems of the company may want to know: each state that a hand-over reached, once.
select
    h.handoff_id as subject_id,
    h.status as occurrence,
    h.handoff_id,
    h.person_id,
    coalesce(h.closed_at, h.mql_at) as happened_at,
    h.status, h.passage_no, h.company_id, h.channel, h.temperature, h.agreement_version, h.seller_id, h.mql_at, h.accepted_at,
    h.sql_at, h.won_at, h.rejection_reason as reason_code, h.next_step, o.source_system, o.source_id as deal_id,
    o.amount, o.currency,
    cast(o.amount as decimal(18, 2)) as value,
    'granted' as consent_status,  -- ids and states alone: nothing of the person leaves
    cast(1 as bigint) as priority,
    true as eligible,
    cast(null as {{ dbt.type_string() }}) as refusal_reason
from {{ ref('int_handoffs') }} as h
left join {{ ref('int_opportunities') }} as o on h.primary_opportunity_id = o.opportunity_id
where coalesce(h.closed_at, h.mql_at) >= {{ go_live() }}
