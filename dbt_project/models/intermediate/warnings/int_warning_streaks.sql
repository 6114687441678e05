-- For how many months in a row MQLs, or media cost, grew and invoiced revenue did not, at the end of each month that is
-- over. Months before the source of a figure said anything are not compared: silence is not zero.
with amounts as (
    select 'mqls' as measure, {{ period_start('month', 'mql_date') }} as period_start, cast(count(*) as decimal(18, 2)) as amount
    from {{ ref('int_handoffs') }} group by 2
    union all
    select 'cost', {{ period_start('month', 'spent_on') }}, sum(amount) from {{ ref('fct_media_cost') }} group by 2
    union all
    select 'revenue', {{ period_start('month', 'occurred_on') }}, sum(signed_amount)
    from {{ ref('int_revenue_items') }} where is_revenue group by 2
),

known_since as (
    select measure, min(period_start) as since from amounts group by measure
),

compared as (
    select
        m.period_start, k.measure, m.is_over,
        coalesce(a.amount, 0) as amount,
        lag(coalesce(a.amount, 0)) over (partition by k.measure order by m.period_start) as amount_before
    from {{ ref('int_metric_periods') }} as m
    inner join known_since as k on m.period_start >= k.since
    left join amounts as a on m.period_start = a.period_start and k.measure = a.measure
    where m.period = 'month' and m.is_over
),

grown as (
    select
        case c.measure when 'mqls' then 'mql_growth_without_revenue_months' else 'cost_growth_without_revenue_months' end as sign,
        c.period_start, c.amount, c.amount_before, r.amount as revenue, r.amount_before as revenue_before,
        c.amount > c.amount_before and r.amount <= r.amount_before as is_hit
    from compared as c
    inner join compared as r on c.period_start = r.period_start and r.measure = 'revenue'
    where c.measure <> 'revenue' and c.amount_before is not null and r.amount_before is not null
),

islands as (
    select *, sum(case when is_hit then 0 else 1 end) over (partition by sign order by period_start) as island
    from grown
)

select
    sign, period_start, amount, amount_before, revenue, revenue_before,
    sum(case when is_hit then 1 else 0 end) over (partition by sign, island order by period_start) as months,
    count(*) over (partition by sign order by period_start) as months_compared
from islands
