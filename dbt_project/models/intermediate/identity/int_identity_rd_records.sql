{{ config(materialized='ephemeral') }}
-- Contacts of RD Station, one row each: what it says of a contact, or nothing when only an event or an observation names it.
-- depends_on: {{ ref('stg_files__rd_station_contacts') }}
with rd as (
    select
        contact_uuid,
        created_at,
        is_deleted,
        first_load_seq,
        state,
        case when coalesce(legal_category, 'communications') = 'communications' then legal_status end as legal_status,
        cast(null as timestamp) as last_conversion_at
    from {{ staged("stg_rd_station__contacts") }}
    union all
    select
        contact_uuid,
        cast(null as timestamp) as created_at,
        false as is_deleted,
        cast(null as bigint) as first_load_seq,
        {{ no_text() }} as state,
        {{ no_text() }} as legal_status,
        case when event_type = 'CONVERSION' then occurred_at end as last_conversion_at
    from {{ staged("stg_rd_station__conversions") }}
    {%- for model in ["stg_rd_station__funnels", "stg_inbox__events"] %}
    union all
    select
        contact_uuid,
        cast(null as timestamp) as created_at,
        false as is_deleted,
        cast(null as bigint) as first_load_seq,
        {{ no_text() }} as state,
        {{ no_text() }} as legal_status,
        cast(null as timestamp) as last_conversion_at
    from {{ staged(model) }}
    where contact_uuid is not null
    {%- endfor %}
)

select
    'rd:' || contact_uuid as node,
    'rd_station' as source_system,
    contact_uuid as source_id,
    max(created_at) as first_seen_at,
    max(case when is_deleted then 1 else 0 end) = 1 as is_deleted,
    max(first_load_seq) as first_load_seq,
    max(state) as state,
    max(legal_status) as legal_status,
    max(last_conversion_at) as last_conversion_at
from rd
group by contact_uuid
