-- One row per company. CRM attributes come from its oldest organization, the state from the ERP when the CRM has none.
with organizations as (
    select
        nodes.company_id,
        organizations.organization_id,
        organizations.cnpj_root,
        organizations.segment,
        organizations.state,
        row_number() over (
            partition by nodes.company_id
            order by
                coalesce(organizations.created_at, cast('9999-12-31 00:00:00' as timestamp)) asc,
                organizations.organization_id asc
        ) as rank_in_company
    from {{ ref("int_company_nodes") }} as nodes
    inner join {{ crm("organizations") }} as organizations
        on nodes.node = 'org:' || organizations.organization_id
),

customers as (
    select
        nodes.company_id,
        min(customers.a1_cnpj_root) as cnpj_root,
        min(customers.a1_est) as state
    from {{ ref("int_company_nodes") }} as nodes
    inner join {{ ref("stg_protheus__sa1") }} as customers
        on nodes.node = {{ erp_node("coalesce(customers.company_group, '')", "customers.a1_filial", "customers.a1_cod", "customers.a1_loja") }}
    group by nodes.company_id
),

file_segments as (
    select
        nodes.company_id,
        min(deals.segment) as segment
    from {{ ref("int_company_nodes") }} as nodes
    inner join {{ ref("stg_files__deals") }} as deals on nodes.node = 'files:' || deals.company_key
    group by nodes.company_id
)

select
    companies.company_id,
    coalesce(organizations.cnpj_root, customers.cnpj_root) as cnpj_root,
    organizations.organization_id,
    coalesce(organizations.segment, file_segments.segment) as segment,
    coalesce(organizations.state, customers.state) as state
from (select distinct company_id from {{ ref("int_company_nodes") }}) as companies
left join organizations on companies.company_id = organizations.company_id and organizations.rank_in_company = 1
left join customers on companies.company_id = customers.company_id
left join file_segments on companies.company_id = file_segments.company_id
