-- One row per delivery in its last known state.
select
    delivery_id,
    sync,
    destination,
    subject_id,
    occurrence,
    handoff_id,
    state,
    attempts,
    {{ trunc_second("happened_at") }} as happened_at,
    {{ trunc_second("planned_at") }} as planned_at,
    {{ trunc_second("sent_at") }} as sent_at,
    {{ trunc_second("delivered_at") }} as delivered_at,
    {{ trunc_second("confirmed_at") }} as confirmed_at,
    refusal_reason,
    reason_code,
    cast(value as decimal(18, 2)) as value,
    updated_seq
from {{ latest_rows(source("raw_deliveries", "outbox"), "delivery_id") }} as outbox
where planned_at <= {{ as_of() }} or planned_at is null
