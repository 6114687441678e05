-- Sales orders of the ERP with their company, worth what their items that bring money are worth. Orders that measure a
-- contract (made by the contract routines, CNT…) are no sale of their own.
with selling_items as (
    select i.company_group, i.c6_filial, i.c6_num, sum(i.c6_valor) as amount
    from {{ ref('stg_protheus__sc6') }} as i
    where exists (
        select 1 from {{ ref('stg_protheus__sf4') }} as t
        where t.company_group = i.company_group and t.f4_codigo = i.c6_tes and t.f4_duplic = 'S'
            and {{ branch_matches('t.f4_filial', 'i.c6_filial') }}
    )
    group by i.company_group, i.c6_filial, i.c6_num
)

select
    o.company_group,
    o.c5_filial || '-' || o.c5_num as order_ref,
    max(o.c5_num) as order_number,
    max(o.c5_filial) as branch_id,
    max(o.c5_cliente) as customer_code,
    max(o.c5_lojacli) as customer_store,
    max(c.company_id) as company_id,
    max(o.c5_emissao) as ordered_on,
    cast(coalesce(max(i.amount), 0) as decimal(18, 2)) as amount
from {{ ref('stg_protheus__sc5') }} as o
left join {{ ref('int_erp_customers') }} as c
    on o.company_group = c.company_group
    and o.c5_cliente = c.a1_cod
    and coalesce(o.c5_lojacli, '') = coalesce(c.a1_loja, '')
    and {{ branch_matches('c.a1_filial', 'o.c5_filial') }}
left join selling_items as i
    on o.company_group = i.company_group and o.c5_filial = i.c6_filial and o.c5_num = i.c6_num
where
    o.c5_tipo = 'N'
    and coalesce(o.c5_origem, '') not like 'CNT%'
    and o.c5_emissao <= {{ local_date(as_of()) }}
group by o.company_group, o.c5_filial || '-' || o.c5_num
