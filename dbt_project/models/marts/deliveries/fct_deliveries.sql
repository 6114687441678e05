-- One row per record pushed, or refused, in its last known state. A report: the outbox itself keeps the exactly-once.
-- What ingestion saw arrive is `confirmed` here at once; the outbox learns it right after the publish. The hand-over is
-- looked up by the opportunity that closed it, because its id may change when an earlier fact comes to light.
with handoffs as (
    select closing_opportunity_id, min(handoff_id) as handoff_id
    from {{ ref('int_handoffs') }}
    where closing_opportunity_id is not null
    group by closing_opportunity_id
),

confirmations as (
    select delivery_id, min(confirmed_at) as confirmed_at
    from {{ ref('int_delivery_confirmations') }}
    group by delivery_id
)

select
    o.delivery_id, o.sync, o.destination, o.subject_id, o.occurrence,
    coalesce(h.handoff_id, o.handoff_id) as handoff_id,
    case when c.delivery_id is not null and o.state <> 'refused' then 'confirmed' else o.state end as state,
    cast(o.attempts as bigint) as attempts,
    o.planned_at, o.sent_at, o.delivered_at,
    coalesce(o.confirmed_at, c.confirmed_at) as confirmed_at,
    case when c.delivery_id is null and o.state not in ('accepted', 'confirmed') then o.refusal_reason end as refusal_reason,
    o.reason_code, o.value
from {{ ref('stg_deliveries__outbox') }} as o
left join handoffs as h on o.subject_id = h.closing_opportunity_id
left join confirmations as c on o.delivery_id = c.delivery_id
