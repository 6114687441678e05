-- Customers of the ERP with their company: null without a valid CNPJ (natural persons, foreign buyers). `account_id`
-- stands for the customer where there is no company.
select
    c.company_group, c.a1_filial, c.a1_cod, c.a1_loja,
    max(n.company_id) as company_id,
    coalesce(
        max(n.company_id),
        {{ hash_id(erp_node('c.company_group', 'c.a1_filial', 'c.a1_cod', 'c.a1_loja')) }}
    ) as account_id
from {{ ref('stg_protheus__sa1') }} as c
left join {{ ref('int_company_nodes') }} as n
    on n.node = {{ erp_node('c.company_group', 'c.a1_filial', 'c.a1_cod', 'c.a1_loja') }}
group by c.company_group, c.a1_filial, c.a1_cod, c.a1_loja
