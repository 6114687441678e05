{{ config(materialized='ephemeral') }}
-- Contacts of the CRM, one row each, with those that only a deal names.
{% if crm_system() == 'rd_station_crm' %}-- depends_on: {{ ref('stg_files__crm_contacts') }}{% endif %}
with crm as (
    select
        contact_id,
        created_at,
        is_deleted,
        first_load_seq
    from {{ staged_crm("contacts") }}
    union all
    select
        contact_id,
        cast(null as timestamp) as created_at,
        false as is_deleted,
        cast(null as bigint) as first_load_seq
    from {{ mentioned_contacts() }}
)

select
    'crm:' || contact_id as node,
    '{{ crm_system() }}' as source_system,
    contact_id as source_id,
    max(created_at) as first_seen_at,
    max(case when is_deleted then 1 else 0 end) = 1 as is_deleted,
    max(first_load_seq) as first_load_seq,
    {{ no_text() }} as state,
    {{ no_text() }} as legal_status,
    cast(null as timestamp) as last_conversion_at
from crm
group by contact_id
