-- The company of every record that stands for one: by CNPJ root, else by what its domain links it to, else the record itself.
select
    'org:' || organizations.organization_id as node,
    {{ hash_id("coalesce('cnpj:' || coalesce(organizations.cnpj_root, links.cnpj_root), links.other_node, 'org:' || organizations.organization_id)") }} as company_id
from {{ crm("organizations") }} as organizations
left join {{ ref("int_company_links") }} as links
    on links.node = 'org:' || organizations.organization_id
    and links.rule = 'corporate_domain'
    and links.refusal_reason is null

union all

select
    'erp:' || coalesce(company_group, '') || ':' || coalesce(a1_filial, '') || ':' || a1_cod || ':' || a1_loja as node,
    max({{ hash_id("'cnpj:' || a1_cnpj_root") }}) as company_id
from {{ ref("stg_protheus__sa1") }}
where a1_cnpj_root is not null
group by 1

union all

select distinct
    'files:' || company_key as node,
    {{ hash_id("'files:' || company_key") }} as company_id
from (
    select company_key from {{ ref("stg_files__deals") }}
    union
    select company_key from {{ ref("stg_files__movements") }}
) as companies
where company_key is not null
