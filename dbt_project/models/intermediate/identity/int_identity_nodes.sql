{{ config(
    materialized="daily",
    stale="node_no in (select node_no from " ~ identity_work('former') ~ ")",
    part="fresh",
) }}
-- Every record that stands for a person in some system. Ids that are only mentioned (in a deal, an event, an
-- observation) are nodes too: their system forgot them, the funnel did not. Numbered in the order in which they were first
-- loaded: that order never changes, so that the first record of a person stays the first (docs/identity.md).
-- depends_on: {{ ref('stg_files__rd_station_contacts') }}
{% if crm_system() == 'rd_station_crm' %}-- depends_on: {{ ref('stg_files__crm_contacts') }}{% endif %}
with rd_station as (
    {{ rd_records() | indent(4) }}
),

crm as (
    {{ crm_records() | indent(4) }}
),

erp as (
    {{ erp_records() | indent(4) }}
),

records as (
    {%- for system in ["rd_station", "crm", "erp"] %}
    select
        node,
        source_system,
        source_id,
        first_seen_at,
        is_deleted,
        first_load_seq,
        state,
        legal_status,
        last_conversion_at
    from {{ system }}
    union all
    {%- endfor %}
    select
        person_node as node,
        'files' as source_system,
        max(person_key) as source_id,
        min(mql_at) as first_seen_at,
        false as is_deleted,
        min(first_load_seq) as first_load_seq,
        {{ no_text() }} as state,
        {{ no_text() }} as legal_status,
        cast(null as timestamp) as last_conversion_at
    from {{ staged("stg_files__handoffs") }}
    group by person_node
)

{{ numbered_records() }}
