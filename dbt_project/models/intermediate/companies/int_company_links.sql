-- What makes two records one company: the CNPJ root (a legal entity with all its branches), and for organizations without a
-- CNPJ the domain of their site. A domain that several legal entities use, that everybody may use (free mail, social
-- networks) or that too many organizations have names no company. Every record is tied to the first one.
with records as (
    select
        'org:' || organization_id as node,
        cnpj_root,
        lower(domain) as domain,
        first_load_seq
    from {{ crm("organizations") }}

    union all

    select
        'erp:' || coalesce(company_group, '') || ':' || coalesce(a1_filial, '') || ':' || a1_cod || ':' || a1_loja as node,
        max(a1_cnpj_root) as cnpj_root,
        {{ no_text() }} as domain,
        min(first_load_seq) as first_load_seq
    from {{ ref("stg_protheus__sa1") }}
    where a1_cnpj_root is not null
    group by 1
),

by_root as (
    select
        node,
        cnpj_root,
        first_value(node) over (partition by cnpj_root order by first_load_seq asc nulls last, node asc) as other_node,
        count(*) over (partition by cnpj_root) as records
    from records
    where cnpj_root is not null
),

-- Organizations with a CNPJ come first: the others are theirs.
by_domain as (
    select
        node,
        cnpj_root,
        domain,
        first_value(node) over (
            partition by domain
            order by case when cnpj_root is null then 1 else 0 end asc, first_load_seq asc nulls last, node asc
        ) as other_node,
        min(cnpj_root) over (partition by domain) as first_root,
        max(cnpj_root) over (partition by domain) as last_root,
        count(*) over (partition by domain) as records
    from records
    where domain is not null
)

select
    node,
    other_node,
    'cnpj_root' as rule,
    cnpj_root as evidence,
    cnpj_root,
    records,
    {{ no_text() }} as refusal_reason
from by_root
where node <> other_node

union all

select
    node,
    other_node,
    'corporate_domain' as rule,
    domain as evidence,
    first_root as cnpj_root,
    records,
    case
        when domain in ({{ texts(var("identity_shared_domains")) }}) then 'shared_domain'
        when domain in ({{ texts(var("identity_agency_domains")) }}) then 'agency_domain'
        when records > {{ var("identity_max_records") }} then 'too_many_records'
        when first_root <> last_root then 'different_cnpj'
    end as refusal_reason
from by_domain
where node <> other_node and cnpj_root is null
