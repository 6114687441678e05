-- Per month: companies that bought for the first time (a person where no company is known), all of them and those that came
-- through the funnel; and how long the sales won that month took from the hand-over (observed values, nearest rank).
with wins as (
    select
        coalesce(o.company_id, o.person_id, o.opportunity_id) as customer_id, o.closed_date, b.handoff_id,
        row_number() over (
            partition by coalesce(o.company_id, o.person_id, o.opportunity_id) order by o.closed_date, o.opportunity_id
        ) as place
    from {{ ref("int_opportunities") }} as o
    left join {{ ref("int_opportunity_handoffs") }} as b on o.opportunity_id = b.opportunity_id
    where o.outcome = 'won' and not o.is_copy
),

customers as (
    select {{ period_start("month", "closed_date") }} as month, count(*) as new_customers, count(handoff_id) as from_funnel
    from wins where place = 1
    group by 1
),

timed as (
    select
        {{ period_start("month", "won_date") }} as month, handoff_id,
        case
            when mql_at is not null and won_at is not null then {{ epoch_seconds("won_at") }} - {{ epoch_seconds("mql_at") }}
            else cast(won_date - mql_date as bigint) * 86400
        end as seconds
    from {{ ref("int_handoffs") }}
    where won_date >= mql_date
),

ranked as (
    select
        month, seconds,
        count(*) over (partition by month) as won,
        row_number() over (partition by month order by seconds, handoff_id) as place
    from timed
    where seconds >= 0
),

cycles as (
    select
        month, max(won) as won,
        min(case when place * 2 >= won then seconds end) as median_seconds,
        min(case when place * 10 >= won * 9 then seconds end) as p90_seconds
    from ranked group by month
)

select
    coalesce(c.month, t.month) as month,
    cast(coalesce(c.new_customers, 0) as bigint) as new_customers,
    cast(coalesce(c.from_funnel, 0) as bigint) as from_funnel,
    cast(coalesce(t.won, 0) as bigint) as cycles,
    {{ days_from_seconds("cast(t.median_seconds as bigint)") }} as cycle_median_days,
    {{ days_from_seconds("cast(t.p90_seconds as bigint)") }} as cycle_p90_days
from customers as c
full outer join cycles as t on c.month = t.month
