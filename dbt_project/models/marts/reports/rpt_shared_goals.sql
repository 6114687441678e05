-- What both areas promised to reach together in a month, how far it was reached, and how much of it each one brought: for
-- marketing what came through a hand-over, for sales what it sold on its own. The figures a partial cross bonus needs: the
-- part of the area's variable pay that follows the goal, and how much of that part the month earned.
with months as (
    select distinct {{ period_start('month', 'period_start') }} as period_start, period_end, is_over, agreement_version
    from {{ ref('int_metric_periods') }}
    where period = 'month'
),

-- Amounts in hundredths, so that all division is of whole numbers.
facts as (
    select
        'revenue_per_month' as measure, {{ period_start('month', 'occurred_on') }} as period_start,
        handoff_id is not null as is_from_funnel, {{ cents('signed_amount') }} as hundredths
    from {{ ref('fct_revenue') }}
    where is_revenue
    union all
    select 'wins_per_month', {{ period_start('month', 'closed_date') }}, handoff_id is not null, cast(100 as bigint)
    from {{ ref('fct_opportunities') }}
    where outcome = 'won' and not coalesce(is_copy, false) and closed_date is not null
),

reached as (
    select
        m.period_start, m.period_end, m.is_over, m.agreement_version, g.goal_id, g.title_pt, g.title_en, g.measure,
        {{ cents('g.minimum') }} as target_hundredths, g.pays_from, g.marketing_bonus_share, g.sales_bonus_share,
        count(f.measure) as sample_size,
        cast(coalesce(sum(f.hundredths), 0) as bigint) as total,
        cast(coalesce(sum(case when f.is_from_funnel then f.hundredths end), 0) as bigint) as from_funnel
    from months as m
    inner join {{ ref('stg_agreement__shared_goals') }} as g on m.agreement_version = g.agreement_version
    left join facts as f on g.measure = f.measure and m.period_start = f.period_start
    group by
        m.period_start, m.period_end, m.is_over, m.agreement_version, g.goal_id, g.title_pt, g.title_en, g.measure, g.minimum,
        g.pays_from, g.marketing_bonus_share, g.sales_bonus_share
),

areas as (
    select r.*, 'marketing' as area, from_funnel as own, marketing_bonus_share as bonus_share from reached as r
    union all
    select r.*, 'sales', total - from_funnel, sales_bonus_share from reached as r
),

shared as (
    select
        *,
        {{ signed_ratio('total', 'target_hundredths') }} as reached_share,
        {{ signed_ratio('own', 'target_hundredths') }} as area_share
    from areas
)

select
    {{ hash_id(as_text("period_start") ~ " || '|' || goal_id || '|' || area") }} as shared_goal_id,
    period_start, period_end, goal_id, title_pt, title_en, measure, area,
    cast(target_hundredths * 0.01 as decimal(18, 2)) as target,
    cast(total * 0.01 as decimal(18, 2)) as actual,
    cast(own * 0.01 as decimal(18, 2)) as area_actual,
    reached_share, area_share, sample_size,
    case when not is_over then 'immature' when total >= target_hundredths then 'met' else 'missed' end as status,
    bonus_share,
    cast(case
        when reached_share < coalesce(pays_from, 0) or reached_share <= 0 then 0
        else {{ ratio('cast(least(reached_share, 1) * 10000 as bigint) * cast(bonus_share * 10000 as bigint)', 100000000) }}
    end as decimal(18, 4)) as earned_bonus_share,
    not is_over as is_partial, agreement_version
from shared
