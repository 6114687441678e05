{{ config(
    materialized="daily",
    stale="node_no in (select node_no from " ~ identity_work('former') ~ ")",
    part="fresh_values",
) }}
-- Identifiers of every record, each with the reason why it is nobody's own, if it is not: what ingestion found (a toll-free
-- number), an ERP's phone (a switchboard), a mailbox of several people, the address of an agency that fills in forms for
-- others. Values that were refused as a whole are absent; a CNPJ is a company's.
{% if not execute or flags.WHICH != 'test' -%}
-- depends_on: {{ ref('stg_files__rd_station_contacts') }}
{% if crm_system() == 'rd_station_crm' %}-- depends_on: {{ ref('stg_files__crm_contacts') }}{% endif %}
{%- endif %}
with raw_identifiers as (
    select
        'rd:' || contact_uuid as node,
        kind,
        value,
        reject_reason
    from {{ staged("stg_rd_station__contact_identifiers") }}
    where kind in ('email', 'phone', 'cpf')

    union all

    select
        'crm:' || contact_id as node,
        kind,
        value,
        reject_reason
    from {{ staged_crm("contact_identifiers") }}
    where kind in ('email', 'phone', 'cpf')

    union all

    select
        'erp:' || coalesce(company_group, '') || ':' || coalesce(branch, '') || ':' || customer_code || ':' || store
            as node,
        kind,
        value,
        coalesce(reject_reason, case when kind = 'phone' then 'erp_phone' end) as reject_reason
    from {{ staged("stg_protheus__customer_identifiers") }}
    where kind in ('email', 'phone', 'cpf')

    union all

    select
        'crm:' || contacts.contact_id as node,
        'rd_uuid' as kind,
        contacts.integration_id as value,
        {{ no_text() }} as reject_reason
    from {{ staged_crm("contacts") }} as contacts
    inner join {{ known_nodes() }} as rd_nodes on rd_nodes.node = 'rd:' || contacts.integration_id

    union all

    select
        node,
        'rd_uuid' as kind,
        source_id as value,
        {{ no_text() }} as reject_reason
    from {{ of_today("int_identity_nodes", "fresh") }}
    where source_system = 'rd_station'
),

keyed as (
    select
        nodes.node_no,
        case when raw_identifiers.kind = 'phone' and {{ is_landline("raw_identifiers.value") }} then 'landline' else raw_identifiers.kind end as kind,
        raw_identifiers.reject_reason,
        case
            when raw_identifiers.kind = 'phone' then {{ phone_key("raw_identifiers.value") }}
            else raw_identifiers.value
        end as identifier
    from raw_identifiers
    inner join {{ of_today("int_identity_nodes", "fresh") }} as nodes on raw_identifiers.node = nodes.node
    where raw_identifiers.value is not null and raw_identifiers.value <> ''
)

-- Said twice of one record, once without a reason: then it is the record's own.
select
    node_no,
    kind,
    identifier,
    nullif(min(coalesce(reject_reason, {{ refusal_of_value("kind", "identifier") }}, '')), '') as refusal_reason
from keyed
group by node_no, kind, identifier
