{{ config(
    materialized="daily",
    stale="node_no in (select node_no from " ~ identity_work('former') ~ ")",
    part="fresh",
) }}
-- Every record that stands for a person in some system. Ids that are only mentioned (in a deal, an event, an
-- observation) are nodes too: their system forgot them, the funnel did not. Numbered in the order in which they were first
-- loaded: that order never changes, so that the first record of a person stays the first (docs/identity.md).
with records as (
    {%- for system in ["rd", "crm", "erp"] %}
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
    from {{ ref("int_identity_" ~ system ~ "_records") }}
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
