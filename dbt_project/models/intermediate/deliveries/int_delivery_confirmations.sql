-- Deliveries that RD Station recorded, seen through ingestion: a conversion that carries the delivery's id, else (an
-- account that drops the field) a return conversion of the same person and identifier at or after the sending. And owners and
-- opportunity marks seen where we wrote them.
with exact as (
    select
        coalesce(o.sync, 'nurture_return') as sync,
        c.traffic_value as delivery_id,
        min(c.occurred_at) as confirmed_at
    from {{ ref('int_conversions') }} as c
    left join {{ ref('stg_deliveries__outbox') }} as o on c.traffic_value = o.delivery_id
    where c.traffic_value is not null and (o.delivery_id is not null or c.is_return)
    group by 1, 2
),

open_deliveries as (
    select o.sync, o.delivery_id, h.person_id, a.return_identifier, coalesce(o.sent_at, o.planned_at) as sent_at
    from {{ ref('stg_deliveries__outbox') }} as o
    inner join {{ ref('int_handoffs') }} as h on o.handoff_id = h.handoff_id
    inner join {{ ref('stg_agreement__reasons') }} as a
        on h.agreement_version = a.agreement_version and h.rejection_reason = a.reason_code
    left join exact as e on o.delivery_id = e.delivery_id
    where o.sync = 'nurture_return' and o.sent_at is not null and e.delivery_id is null
)

select sync, delivery_id, confirmed_at from exact
union all
select o.sync, o.delivery_id, min(c.occurred_at) as confirmed_at
from open_deliveries as o
inner join {{ ref('int_conversions') }} as c
    on o.person_id = c.person_id and o.return_identifier = c.event_identifier and c.occurred_at >= o.sent_at
where c.traffic_value is null
group by o.sync, o.delivery_id
union all
select sync, delivery_id, confirmed_at from {{ ref('int_owner_confirmations') }}
union all
select sync, delivery_id, confirmed_at from {{ ref('int_status_confirmations') }}
