-- The accounts that began to pay in a month, and what they pay in each month from then on.
with starts as (
    select account_id, first_month, amount as starting_amount
    from {{ ref('int_account_months') }}
    where month = first_month
),

totals as (
    select
        s.first_month as cohort_month, m.month,
        count(*) as accounts,
        sum(s.starting_amount) as starting_amount,
        sum(m.amount) as current_amount,
        sum(case when m.amount < s.starting_amount then m.amount else s.starting_amount end) as kept_amount,
        max(m.basis) as basis
    from starts as s
    inner join {{ ref('int_account_months') }} as m on s.account_id = m.account_id
    group by s.first_month, m.month
)

select
    cohort_month, month, cast(accounts as bigint) as accounts,
    cast(starting_amount as decimal(18, 2)) as starting_amount,
    cast(current_amount as decimal(18, 2)) as current_amount,
    cast(kept_amount as decimal(18, 2)) as kept_amount,
    {{ money_ratio('current_amount', 'starting_amount') }} as nrr,
    {{ money_ratio('kept_amount', 'starting_amount') }} as grr,
    basis
from totals
