{{ config(materialized='ephemeral') }}
-- Customers of the ERP that stand for a person: natural persons, and who has an e-mail or a CPF.
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
