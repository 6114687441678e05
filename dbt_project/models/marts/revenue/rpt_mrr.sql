-- Monthly recurring revenue month by month. Net revenue retention is what the accounts that opened the month still pay at
-- its end; gross revenue retention the same without what they added. New and reactivated accounts are in neither.
with movements as (
    select
        month,
        {%- for kind in mrr_kinds() %}
        sum(case when kind = '{{ kind }}' then amount else 0 end) as {{ kind }}_amount{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('fct_mrr_movements') }}
    group by month
),

months as (
    select
        month, max(basis) as basis,
        min(case when is_over then 1 else 0 end) = 1 as is_over,
        sum(opening_amount) as opening_amount,
        sum(amount) as closing_amount,
        sum(case when opening_amount > 0 then 1 else 0 end) as opening_accounts,
        sum(case when amount > 0 then 1 else 0 end) as closing_accounts,
        sum(case when opening_amount > 0 then amount else 0 end) as retained,
        sum(case when amount < opening_amount then amount else opening_amount end) as kept
    from {{ ref('int_account_months') }}
    group by month
)

select
    m.month, m.is_over,
    cast(m.opening_amount as decimal(18, 2)) as opening_amount,
    {%- for kind in mrr_kinds() %}
    cast(coalesce(v.{{ kind }}_amount, 0) as decimal(18, 2)) as {{ kind }}_amount,
    {%- endfor %}
    cast(m.closing_amount as decimal(18, 2)) as closing_amount,
    cast(m.opening_accounts as bigint) as opening_accounts,
    cast(m.closing_accounts as bigint) as closing_accounts,
    {{ money_ratio('m.retained', 'm.opening_amount') }} as nrr,
    {{ money_ratio('m.kept', 'm.opening_amount') }} as grr,
    m.basis,
    '{{ var("currency") }}' as currency
from months as m
left join movements as v on m.month = v.month
