{{ config(
    materialized="daily",
    stale="node in (select node from intermediate.identity_work_changed)",
) }}
-- Every record that stands for a person in some system. Ids that are only mentioned (in a deal, an event, an
-- observation) are nodes too: their system forgot them, the funnel did not. Numbered in the order in which they were first
-- loaded: that order never changes, so that the first record of a person stays the first (docs/identity.md).
-- depends_on: {{ ref('int_identity_changes') }}, {{ ref('stg_files__rd_station_contacts') }}{% if crm_system() == 'rd_station_crm' %}, {{ ref('stg_files__crm_contacts') }}{% endif %}
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
),

crm as (
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
    from {{ staged_crm("deal_contacts") }}
),

customers as (
    select
        coalesce(company_group, '') || ':' || coalesce(a1_filial, '') || ':' || a1_cod || ':' || a1_loja as source_id,
        max(case when a1_pessoa = 'F' then 1 else 0 end) as is_natural_person,
        min(first_load_seq) as first_load_seq
    from {{ staged("stg_protheus__sa1") }}
    group by 1
),

customer_contacts as (
    select distinct
        coalesce(company_group, '') || ':' || coalesce(branch, '') || ':' || customer_code || ':' || store as source_id
    from {{ staged("stg_protheus__customer_identifiers") }}
    where kind in ('email', 'cpf') and value is not null
),

-- One row per record: what its system says of it, if it does, and nothing of where it is only mentioned.
records as (
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

    union all

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

    union all

    select
        'erp:' || customers.source_id as node,
        'protheus' as source_system,
        customers.source_id,
        cast(null as timestamp) as first_seen_at,
        false as is_deleted,
        customers.first_load_seq,
        {{ no_text() }} as state,
        {{ no_text() }} as legal_status,
        cast(null as timestamp) as last_conversion_at
    from customers
    left join customer_contacts on customers.source_id = customer_contacts.source_id
    where customers.is_natural_person = 1 or customer_contacts.source_id is not null

    union all

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
