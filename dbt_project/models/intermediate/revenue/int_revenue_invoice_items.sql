-- Invoice items that are revenue (contracts/protheus.md 2.2): live item, TES that generates receivables, not a document
-- of a supplier (types D and B; the complements C, I, P count), live header: a cancelled invoice is soft-deleted.
-- Every join carries the branch. A parent's blank branch means "shared by all"; a shorter one, by those it begins.
with items as (
    select * from {{ ref('stg_protheus__sd2') }}
    where coalesce(d2_tipo, 'N') not in ('D', 'B')
),

headers as (
    select distinct company_group, f2_filial, f2_doc, f2_serie, f2_cliente, f2_loja
    from {{ ref('stg_protheus__sf2') }}
)

select
    'sd2:' || i.company_group || ':' || {{ as_text('i.recno') }} as movement_id,
    i.company_group,
    i.d2_filial as branch_id,
    i.d2_doc as document,
    i.d2_serie as series,
    i.d2_item as item,
    i.d2_cliente as customer_code,
    i.d2_loja as customer_store,
    i.d2_total as amount,
    i.d2_emissao as occurred_on,
    i.d2_filial || '-' || i.d2_pedido as order_ref
from items as i
inner join headers as h
    on i.company_group = h.company_group
    and coalesce(i.d2_filial, '') = coalesce(h.f2_filial, '')
    and i.d2_doc = h.f2_doc
    and coalesce(i.d2_serie, '') = coalesce(h.f2_serie, '')
    and i.d2_cliente = h.f2_cliente
    and coalesce(i.d2_loja, '') = coalesce(h.f2_loja, '')
where
    i.d2_emissao <= {{ local_date(as_of()) }}
    and exists (  -- a type may stand in the list twice, shared by all and of the branch
        select 1 from {{ ref('stg_protheus__sf4') }} as t
        where t.company_group = i.company_group and t.f4_codigo = i.d2_tes and t.f4_duplic = 'S'
            and {{ branch_matches('t.f4_filial', 'i.d2_filial') }}
    )
