-- What the accounts that opened a month still pay at its end: of the company, of the channel and of the team whose hand-over
-- first brought the account's company. `unknown`: it paid before it was won, or was sold outside the funnel.
with won as (
    select
        company_id, handoff_id, {{ period_start('month', 'won_date') }} as won_month,
        row_number() over (partition by company_id order by won_date asc, won_at asc nulls last, handoff_id asc) as place
    from {{ ref('int_handoffs') }}
    where status = 'won' and company_id is not null
),

origins as (
    select won.company_id, won.won_month, d.dimension, d.value
    from won
    inner join {{ ref('int_handoff_dimensions') }} as d on won.handoff_id = d.handoff_id
    where won.place = 1 and d.dimension <> 'all'
),

accounts as (
    select m.*, 'all' as dimension, 'all' as value
    from {{ ref('int_account_months') }} as m
    union all
    select m.*, k.dimension, coalesce(o.value, 'unknown')
    from {{ ref('int_account_months') }} as m
    cross join (select 'channel' as dimension union all select 'team') as k
    left join origins as o on m.company_id = o.company_id and k.dimension = o.dimension and o.won_month <= m.first_month
)

select
    month, dimension, value, max(basis) as basis,
    cast(sum(case when opening_amount > 0 then 1 else 0 end) as bigint) as opening_accounts,
    {{ money_ratio('sum(case when opening_amount > 0 then amount else 0 end)', 'sum(opening_amount)') }} as nrr
from accounts
group by month, dimension, value
