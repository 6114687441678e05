-- Every record that stands for a person in some system. Ids that are only mentioned (in a deal, an event, an
-- observation) are nodes too: their system forgot them, the funnel did not. Numbered in the order in which they were first
-- loaded: that order never changes, so that the first record of a person stays the first (docs/identity.md).
with rd_ids as (
    select contact_uuid from {{ ref("stg_rd_station__contacts") }}
    union
    select contact_uuid from {{ ref("stg_rd_station__conversions") }}
    union
    select contact_uuid from {{ ref("stg_rd_station__funnels") }}
    union
    select contact_uuid from {{ ref("stg_inbox__events") }} where contact_uuid is not null
),

crm_ids as (
    select contact_id from {{ crm("contacts") }}
    union
    select contact_id from {{ crm("deal_contacts") }}
),

customers as (
    select
        coalesce(company_group, '') || ':' || coalesce(a1_filial, '') || ':' || a1_cod || ':' || a1_loja as source_id,
        max(case when a1_pessoa = 'F' then 1 else 0 end) as is_natural_person,
        min(first_load_seq) as first_load_seq
    from {{ ref("stg_protheus__sa1") }}
    group by 1
),

customer_contacts as (
    select distinct
        coalesce(company_group, '') || ':' || coalesce(branch, '') || ':' || customer_code || ':' || store as source_id
    from {{ ref("stg_protheus__customer_identifiers") }}
    where kind in ('email', 'cpf') and value is not null
),

records as (
    select
        'rd:' || rd_ids.contact_uuid as node,
        'rd_station' as source_system,
        rd_ids.contact_uuid as source_id,
        contacts.created_at as first_seen_at,
        coalesce(contacts.is_deleted, false) as is_deleted,
        contacts.first_load_seq
    from rd_ids
    left join {{ ref("stg_rd_station__contacts") }} as contacts on rd_ids.contact_uuid = contacts.contact_uuid

    union all

    select
        'crm:' || crm_ids.contact_id as node,
        '{{ crm_system() }}' as source_system,
        crm_ids.contact_id as source_id,
        contacts.created_at as first_seen_at,
        coalesce(contacts.is_deleted, false) as is_deleted,
        contacts.first_load_seq
    from crm_ids
    left join {{ crm("contacts") }} as contacts on crm_ids.contact_id = contacts.contact_id

    union all

    select
        'erp:' || customers.source_id as node,
        'protheus' as source_system,
        customers.source_id,
        cast(null as timestamp) as first_seen_at,
        false as is_deleted,
        customers.first_load_seq
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
        min(first_load_seq) as first_load_seq
    from {{ ref("stg_files__handoffs") }}
    group by person_node
)

-- A record that is only mentioned has no load of its own and comes last.
select
    node,
    source_system,
    source_id,
    first_seen_at,
    is_deleted,
    first_load_seq,
    row_number() over (order by first_load_seq asc nulls last, node asc) as node_no
from records
