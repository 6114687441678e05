-- Goods that came back: inbound items of type D that point at a live revenue item of the same branch and customer.
-- D1_ITEMORI is wider than the D2_ITEM it repeats; both are trimmed when landed.
select
    'sd1:' || r.company_group || ':' || {{ as_text('r.recno') }} as movement_id,
    r.company_group,
    r.d1_filial as branch_id,
    r.d1_doc as document,
    i.customer_code,
    i.customer_store,
    r.d1_total as amount,
    r.d1_dtdigit as occurred_on,
    i.order_ref,
    i.movement_id as origin_movement_id
from {{ ref('stg_protheus__sd1') }} as r
inner join {{ ref('int_revenue_invoice_items') }} as i
    on r.company_group = i.company_group
    and coalesce(r.d1_filial, '') = coalesce(i.branch_id, '')
    and r.d1_nfori = i.document
    and coalesce(r.d1_seriori, '') = coalesce(i.series, '')
    and r.d1_itemori = i.item
    and r.d1_fornece = i.customer_code
    and coalesce(r.d1_loja, '') = coalesce(i.customer_store, '')
where r.d1_tipo = 'D' and r.d1_dtdigit <= {{ local_date(as_of()) }}
