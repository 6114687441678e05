{%- set listed = [
    ("CONVERSION", "first_conversion_at", "first_source", "first_medium"),
    ("CONVERSION", "last_conversion_at", "last_source", "last_medium"),
    ("OPPORTUNITY", "opportunity_at", none, none),
] -%}
-- Conversion and opportunity events up to as_of, each once. Of a lead that only an exported list knows: its first and last
-- conversion and its last mark, which is what such a list says.
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
{% for kind, instant, source_column, medium in listed %}
union all

select
    contact_uuid,
    '{{ kind }}' as event_type,
    '{{ "default" if kind == "OPPORTUNITY" else "rd-lead-base-export" }}' as event_identifier,
    {{ instant }} as occurred_at,
    {{ source_column or no_text() }} as traffic_source,
    {{ medium or no_text() }} as traffic_medium,
    {{ no_text() }} as traffic_campaign,
    {{ no_text() }} as traffic_value,
    {{ no_text() }} as filled_fields,
    {{ hash_id("'list|" ~ instant ~ "|' || contact_uuid") }} as event_key
from {{ ref("stg_files__rd_station_contacts") }}
where {{ instant }} <= {{ as_of() }}
    {%- if instant == "last_conversion_at" %} and {{ instant }} > coalesce(first_conversion_at, cast('1970-01-01' as timestamp)){% endif %}
{% endfor %}
