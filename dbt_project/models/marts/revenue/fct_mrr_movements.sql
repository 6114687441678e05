-- One row per account and month in which its monthly recurring revenue changed: opening + amount = closing.
select
    {{ hash_id("account_id || '|' || " ~ as_text('month')) }} as mrr_movement_id,
    account_id, company_id, month,
    case
        when opening_amount = 0 and month = first_month then 'new'
        when opening_amount = 0 then 'reactivation'
        when amount = 0 then 'churn'
        when amount > opening_amount then 'expansion'
        else 'contraction'
    end as kind,
    cast(amount - opening_amount as decimal(18, 2)) as amount,
    opening_amount,
    amount as closing_amount,
    basis,
    '{{ var("currency") }}' as currency
from {{ ref('int_account_months') }}
where amount <> opening_amount
