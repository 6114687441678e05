-- Revenue of the mart against the ERP's own documents, per branch and month, by another road than the models': items are
-- summed from the tables as landed and filtered by whether their header, their type and the item they return exist, so
-- that a join that multiplies or loses rows cannot hide. Any difference stops the build and the publish.
with items as (
    select
        i.*,
        {{ document_key('i.company_group', 'i.d2_filial', 'i.d2_doc', 'i.d2_serie', 'i.d2_cliente', 'i.d2_loja') }} as key
    from {{ ref('stg_protheus__sd2') }} as i
),

invoices as (
    select company_group, d2_filial as branch_id, d2_emissao as day, d2_total as amount, key || '|' || d2_item as item_key
    from items
    where coalesce(d2_tipo, 'N') not in ('D', 'B')
        and d2_emissao <= {{ local_date(as_of()) }}
        and key in (
            select {{ document_key('company_group', 'f2_filial', 'f2_doc', 'f2_serie', 'f2_cliente', 'f2_loja') }}
            from {{ ref('stg_protheus__sf2') }}
        )
        and exists (
            select 1 from {{ ref('stg_protheus__sf4') }} as t
            where t.company_group = items.company_group and t.f4_codigo = items.d2_tes and t.f4_duplic = 'S'
                and {{ branch_matches('t.f4_filial', 'items.d2_filial') }}
        )
),

returns as (
    select company_group, d1_filial as branch_id, d1_dtdigit as day, d1_total as amount
    from {{ ref('stg_protheus__sd1') }}
    where d1_tipo = 'D'
        and d1_dtdigit <= {{ local_date(as_of()) }}
        and {{ document_key('company_group', 'd1_filial', 'd1_nfori', 'd1_seriori', 'd1_fornece', 'd1_loja') }}
        || '|' || d1_itemori in (select item_key from invoices)
),

both_sides as (
    select company_group, branch_id, day, amount as erp_invoiced, 0 as erp_returned, 0 as mart_revenue from invoices
    union all
    select company_group, branch_id, day, 0, amount, 0 from returns
    union all
    select company_group, branch_id, occurred_on, 0, 0, signed_amount
    from {{ ref('fct_revenue') }}
    where is_revenue and source_system = 'protheus'
)

select
    company_group, branch_id, {{ period_start('month', 'day') }} as month,
    cast(sum(erp_invoiced) as decimal(18, 2)) as erp_invoiced,
    cast(sum(erp_returned) as decimal(18, 2)) as erp_returned,
    cast(sum(erp_invoiced) - sum(erp_returned) as decimal(18, 2)) as erp_revenue,
    cast(sum(mart_revenue) as decimal(18, 2)) as mart_revenue,
    cast(sum(mart_revenue) - sum(erp_invoiced) + sum(erp_returned) as decimal(18, 2)) as difference,
    '{{ var("currency") }}' as currency
from both_sides
group by company_group, branch_id, {{ period_start('month', 'day') }}
