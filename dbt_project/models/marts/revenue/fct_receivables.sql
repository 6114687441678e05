-- One row per live title of the ERP, as of now: what of it was settled by then, by money or by an offset, what is open and
-- what is overdue. The open balance is worked out from the settlements, so that any day can be rebuilt; the ERP's own
-- balance (E1_SALDO, as last read) stands beside it.
with settled as (
    select
        company_group, title_key,
        sum(case when is_money then principal_amount else 0 end) as paid_amount,
        sum(case when is_money then 0 else principal_amount end) as offset_amount,
        sum(case when is_money then amount else 0 end) as received_amount,
        max(settled_on) as last_settled_on
    from {{ ref('int_settlements') }}
    group by company_group, title_key
),

titles as (
    select
        t.*,
        case when t.e1_tipo = 'NCC' then 'credit_note' when t.e1_tipo = 'RA' then 'advance'
            when t.e1_tipo like 'AB%' then 'deduction'
            else 'receivable' end as kind,
        coalesce(t.e1_vencrea, t.e1_vencto) as due_on,
        coalesce(t.e1_filial, t.e1_filorig) as branch_id,
        coalesce(s.paid_amount, 0) as paid_amount,
        coalesce(s.offset_amount, 0) as offset_amount,
        coalesce(s.received_amount, 0) as received_amount,
        t.e1_valor - coalesce(s.paid_amount, 0) - coalesce(s.offset_amount, 0) as open_amount,
        s.last_settled_on,
        {{ local_date(as_of()) }} as today
    from {{ ref('stg_protheus__se1') }} as t
    left join settled as s
        on t.company_group = s.company_group
        and s.title_key
        = {{ title_key('t.e1_filial', 't.e1_prefixo', 't.e1_num', 't.e1_parcela', 't.e1_tipo', 't.e1_cliente', 't.e1_loja') }}
    where t.e1_emissao <= {{ local_date(as_of()) }}
)

select
    'se1:' || t.company_group || ':' || {{ as_text('t.recno') }} as receivable_id,
    t.company_group, t.branch_id, c.company_id, t.kind, t.e1_tipo as title_type, t.e1_prefixo as prefix,
    t.e1_num as document, t.e1_parcela as instalment,
    t.branch_id || '-' || t.e1_pedido as order_ref,
    t.e1_emissao as issued_on, t.due_on,
    cast(t.e1_valor as decimal(18, 2)) as amount,
    cast(t.paid_amount as decimal(18, 2)) as paid_amount,
    cast(t.offset_amount as decimal(18, 2)) as offset_amount,
    cast(t.received_amount as decimal(18, 2)) as received_amount,
    cast(t.open_amount as decimal(18, 2)) as open_amount,
    cast(case when t.kind = 'receivable' and t.open_amount > 0 and t.due_on < t.today then t.open_amount else 0 end
        as decimal(18, 2)) as overdue_amount,
    cast(case when t.kind = 'receivable' and t.open_amount > 0 and t.due_on < t.today then t.today - t.due_on end
        as bigint) as days_overdue,
    t.last_settled_on,
    case when t.open_amount <= 0 then 'settled' when t.open_amount = t.e1_valor then 'open' else 'partly_settled' end
        as status,
    cast(t.e1_saldo as decimal(18, 2)) as erp_open_amount,
    '{{ var("currency") }}' as currency
from titles as t
left join {{ ref('int_erp_customers') }} as c
    on t.company_group = c.company_group
    and t.e1_cliente = c.a1_cod
    and coalesce(t.e1_loja, '') = coalesce(c.a1_loja, '')
    and {{ branch_matches('c.a1_filial', 't.branch_id') }}
