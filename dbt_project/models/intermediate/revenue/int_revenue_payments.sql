-- Money received on invoices, with the order of the title it settles. Offsets are no money.
with titles as (
    select
        company_group,
        {{ title_key('e1_filial', 'e1_prefixo', 'e1_num', 'e1_parcela', 'e1_tipo', 'e1_cliente', 'e1_loja') }} as title_key,
        min(e1_filial || '-' || e1_pedido) as order_ref
    from {{ ref('stg_protheus__se1') }}
    group by 1, 2
)

select
    'se5:' || s.company_group || ':' || {{ as_text('s.recno') }} as movement_id,
    s.company_group, s.branch_id, s.document, s.customer_code, s.customer_store, s.amount, s.principal_amount,
    s.settled_on as occurred_on,
    t.order_ref
from {{ ref('int_settlements') }} as s
left join titles as t on s.company_group = t.company_group and s.title_key = t.title_key
where s.is_money and s.title_type = 'NF'
