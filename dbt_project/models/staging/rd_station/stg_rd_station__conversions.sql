-- Conversion and opportunity events up to as_of, each once.
select
    contact_uuid,
    event_type,
    event_identifier,
    {{ trunc_second("occurred_at") }} as occurred_at,
    lower(trim(traffic_source)) as traffic_source,
    lower(trim(traffic_medium)) as traffic_medium,
    traffic_campaign,
    traffic_value,
    filled_fields,
    event_key
from {{ latest_rows(source("raw_rd_station", "conversions"), "event_key") }} as conversions
where occurred_at <= {{ as_of() }}
