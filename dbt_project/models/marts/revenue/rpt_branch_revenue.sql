-- Money of each branch and month: revenue and receipts of the month, and what became of the titles issued in it as of now.
-- Sums over the months are the branch's totals. Movements of files have no branch.
with amounts as (
    select
        company_group, branch_id, {{ period_start('month', 'occurred_on') }} as month,
        case when kind = 'invoice' then amount else 0 end as invoiced_amount,
        case when kind = 'return' then amount else 0 end as returned_amount,
        case when is_revenue then signed_amount else 0 end as revenue,
        case when is_revenue and handoff_id is not null then signed_amount else 0 end as attributed_amount,
        case when is_revenue and handoff_id is null then signed_amount else 0 end as unattributed_amount,
        case when kind = 'payment' then amount else 0 end as received_amount,
        0 as titles_amount, 0 as paid_amount, 0 as open_amount, 0 as overdue_amount, 0 as credit_open_amount
    from {{ ref('fct_revenue') }}
    union all
    select
        company_group, branch_id, {{ period_start('month', 'issued_on') }},
        0, 0, 0, 0, 0, 0,
        case when kind = 'receivable' then amount else 0 end,
        case when kind = 'receivable' then paid_amount else 0 end,
        case when kind = 'receivable' then open_amount else 0 end,
        overdue_amount,
        case when kind <> 'receivable' then open_amount else 0 end
    from {{ ref('fct_receivables') }}
)

select
    company_group, branch_id, month,
    {%- for name in ['invoiced_amount', 'returned_amount', 'revenue', 'attributed_amount', 'unattributed_amount',
        'received_amount', 'titles_amount', 'paid_amount', 'open_amount', 'overdue_amount', 'credit_open_amount'] %}
    cast(sum({{ name }}) as decimal(18, 2)) as {{ name }},
    {%- endfor %}
    '{{ var("currency") }}' as currency
from amounts
group by company_group, branch_id, month
