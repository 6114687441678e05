-- One row per record pushed, or refused, in its last known state. A report: the outbox itself keeps the exactly-once.
select
    delivery_id, sync, destination, subject_id, occurrence, handoff_id, state,
    cast(attempts as bigint) as attempts,
    planned_at, sent_at, delivered_at, confirmed_at, refusal_reason, reason_code
from {{ ref('stg_deliveries__outbox') }}
