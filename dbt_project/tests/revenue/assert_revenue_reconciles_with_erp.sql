-- Revenue of the mart equals the ERP's own documents to the cent, by another road: items are summed per branch from the
-- tables as landed and filtered by "exists", so that a join that multiplies or loses rows cannot hide.
with invoices as (
    select i.company_group, i.d2_filial as branch_id, i.d2_total as amount
    from {{ ref('stg_protheus__sd2') }} as i
    where
        coalesce(i.d2_tipo, 'N') not in ('D', 'B')
        and i.d2_emissao <= {{ local_date(as_of()) }}
        and exists (
            select 1 from {{ ref('stg_protheus__sf4') }} as t
            where t.company_group = i.company_group and t.f4_codigo = i.d2_tes and t.f4_duplic = 'S'
        )
        and exists (
            select 1 from {{ ref('stg_protheus__sf2') }} as h
            where h.company_group = i.company_group and h.f2_filial = i.d2_filial and h.f2_doc = i.d2_doc
                and coalesce(h.f2_serie, '') = coalesce(i.d2_serie, '') and h.f2_cliente = i.d2_cliente
                and h.f2_loja = i.d2_loja
        )
),

returns as (
    select r.company_group, r.d1_filial as branch_id, -r.d1_total as amount
    from {{ ref('stg_protheus__sd1') }} as r
    where
        r.d1_tipo = 'D'
        and r.d1_dtdigit <= {{ local_date(as_of()) }}
        and exists (
            select 1 from {{ ref('fct_revenue') }} as f
            where f.kind = 'invoice' and f.company_group = r.company_group and f.branch_id = r.d1_filial
                and f.document = r.d1_nfori
        )
),

erp as (
    select company_group, branch_id, sum(amount) as amount
    from (select * from invoices union all select * from returns) as documents
    group by company_group, branch_id
),

mart as (
    select company_group, branch_id, sum(signed_amount) as amount
    from {{ ref('fct_revenue') }}
    where is_revenue and source_system = 'protheus'
    group by company_group, branch_id
)

select coalesce(e.company_group, m.company_group) as company_group, coalesce(e.branch_id, m.branch_id) as branch_id,
    e.amount as erp_amount, m.amount as mart_amount
from erp as e
full outer join mart as m on e.company_group = m.company_group and e.branch_id = m.branch_id
where coalesce(e.amount, 0) <> coalesce(m.amount, 0)
