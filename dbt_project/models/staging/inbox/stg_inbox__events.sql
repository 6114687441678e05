-- Webhook events up to as_of, each once whatever the number of deliveries.
select
    inbox_seq,
    system,
    event_type,
    event_key,
    {{ trunc_second("occurred_at") }} as occurred_at,
    {{ trunc_second("received_at") }} as received_at,
    contact_uuid,
    event_identifier,
    lifecycle_stage,
    opportunity,
    fit,
    interest,
    deal_id,
    deal_status,
    deal_stage_id,
    deal_user_id,
    object_kind,
    object_id,
    change_kind,
    merged_ids
from {{ latest_rows(source("raw_inbox", "events"), "system, event_key") }} as events
where occurred_at <= {{ as_of() }}
