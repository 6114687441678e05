-- Identifiers that may link two records of one person. Refused values are absent. ERP phones are left out (they are
-- switchboards), a CNPJ is a company's.
with raw_identifiers as (
    select
        'rd:' || contact_uuid as node,
        kind,
        value
    from {{ ref("stg_rd_station__contact_identifiers") }}
    where kind in ('email', 'phone', 'cpf') and reject_reason is null

    union all

    select
        'crm:' || contact_id as node,
        kind,
        value
    from {{ crm("contact_identifiers") }}
    where kind in ('email', 'phone', 'cpf') and reject_reason is null

    union all

    select
        'erp:' || coalesce(company_group, '') || ':' || coalesce(branch, '') || ':' || customer_code || ':' || store
            as node,
        kind,
        value
    from {{ ref("stg_protheus__customer_identifiers") }}
    where kind in ('email', 'cpf') and reject_reason is null

    union all

    select
        'crm:' || contacts.contact_id as node,
        'rd_uuid' as kind,
        contacts.integration_id as value
    from {{ crm("contacts") }} as contacts
    inner join {{ ref("int_identity_nodes") }} as rd_nodes on rd_nodes.node = 'rd:' || contacts.integration_id

    union all

    select
        node,
        'rd_uuid' as kind,
        source_id as value
    from {{ ref("int_identity_nodes") }}
    where source_system = 'rd_station'
)

select distinct
    raw_identifiers.node,
    raw_identifiers.kind,
    case
        when raw_identifiers.kind = 'phone' then {{ phone_key("raw_identifiers.value") }}
        else raw_identifiers.value
    end as identifier
from raw_identifiers
inner join {{ ref("int_identity_nodes") }} as nodes on raw_identifiers.node = nodes.node
where raw_identifiers.value is not null and raw_identifiers.value <> ''
