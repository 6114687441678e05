-- One row per company over the CRM, the ERP and files: by CNPJ root, else by the CRM's organization.
with nodes as (
    select company_id, count(*) as records from {{ ref('int_company_nodes') }} group by company_id
)

select
    c.company_id,
    c.cnpj_root,
    c.organization_id,
    c.segment,
    c.state,
    cast(coalesce(n.records, 0) as bigint) as source_records
from {{ ref('int_companies') }} as c
left join nodes as n on c.company_id = n.company_id
