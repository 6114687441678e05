-- Everything that is known to have happened to a person, in one list, each with the record that says so: what became of a
-- lead is answered here, from the first conversion to the last payment. Facts that are only dated have no instant.
with facts as (
    select
        person_id, {{ no_text() }} as handoff_id,
        case when is_return then 'return_arrived' else 'conversion' end as kind,
        event_identifier as detail, occurred_at as happened_at, {{ local_date('occurred_at') }} as happened_date,
        'rd_station' as source_system, contact_uuid || '|' || event_key as source_record, cast(null as decimal(18, 2)) as amount
    from {{ ref('int_conversions') }}
    union all
    select person_id, handoff_id, 'stage', stage, entered_at, entered_date, source_system, event_id, null
    from {{ ref('int_funnel_events') }}
    union all
    select
        coalesce(h.person_id, o.person_id), a.handoff_id, 'attempt', a.channel || coalesce(':' || a.outcome, ''),
        a.occurred_at, {{ local_date('a.occurred_at') }}, coalesce(o.source_system, h.source_system), a.attempt_id, null
    from {{ ref('int_contact_attempts') }} as a
    left join {{ ref('int_handoffs') }} as h on a.handoff_id = h.handoff_id
    left join {{ ref('int_opportunities') }} as o on a.opportunity_id = o.opportunity_id
    union all
    select
        h.person_id, h.handoff_id, 'owner', o.seller_id, o.from_at, {{ local_date('o.from_at') }}, h.source_system,
        h.handoff_id || '|' || {{ as_text('o.owner_no') }}, null
    from {{ ref('int_handoff_owners') }} as o
    inner join {{ ref('int_handoffs') }} as h on o.handoff_id = h.handoff_id
    where o.from_at is not null
    union all
    select person_id, handoff_id, status, rejection_reason, closed_at, closed_date, source_system, handoff_id, null
    from {{ ref('int_handoffs') }}
    where status in ('rejected', 'lost', 'inactive') and closed_date is not null
    union all
    select
        h.person_id, h.handoff_id, 'push', d.sync || ':' || d.state, coalesce(d.delivered_at, d.sent_at),
        {{ local_date('coalesce(d.delivered_at, d.sent_at)') }}, 'bastao', d.delivery_id, d.value
    from {{ ref('fct_deliveries') }} as d
    inner join {{ ref('int_handoffs') }} as h on d.handoff_id = h.handoff_id
    where d.sent_at is not null
    union all
    select h.person_id, r.handoff_id, r.kind, r.match_rule, null, r.occurred_on, r.source_system, r.movement_id, r.signed_amount
    from {{ ref('fct_revenue') }} as r
    inner join {{ ref('int_handoffs') }} as h on r.handoff_id = h.handoff_id
)

select
    {{ hash_id("kind || '|' || source_system || '|' || source_record") }} as timeline_id,
    person_id, handoff_id, kind, detail, happened_at, happened_date, source_system, source_record, amount
from facts
where person_id is not null
