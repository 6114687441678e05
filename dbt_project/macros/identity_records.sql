{#- Records of people by system, each a query of the columns of int_identity_nodes without the number. Macros, not ephemeral models:
    dbt parses the whole text of whoever reads an ephemeral model, which takes longer than an ordinary day's query. -#}

{#- Contacts of RD Station, one row each: what it says of a contact, or nothing when only an event or an observation names it. -#}
{% macro rd_records() -%}
with told as (
    select
        contact_uuid,
        created_at,
        is_deleted,
        first_load_seq,
        state,
        case when coalesce(legal_category, 'communications') = 'communications' then legal_status end as legal_status,
        cast(null as timestamp) as last_conversion_at
    from {{ staged("stg_rd_station__contacts") }}
    {%- for model, conversion in [
        ("stg_rd_station__conversions", "case when event_type = 'CONVERSION' then occurred_at end"),
        ("stg_rd_station__funnels", "cast(null as timestamp)"),
        ("stg_inbox__events", "cast(null as timestamp)"),
    ] %}
    union all
    select
        contact_uuid,
        cast(null as timestamp) as created_at,
        false as is_deleted,
        cast(null as bigint) as first_load_seq,
        {{ no_text() }} as state,
        {{ no_text() }} as legal_status,
        {{ conversion }} as last_conversion_at
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
from told
group by contact_uuid
{%- endmacro %}

{#- Contacts of the CRM, one row each, with those that only a deal names. -#}
{% macro crm_records() -%}
with told as (
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
from told
group by contact_id
{%- endmacro %}

{#- Customers of the ERP that stand for a person: natural persons, and who has an e-mail or a CPF. -#}
{% macro erp_records() -%}
with customers as (
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
)

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
{%- endmacro %}
