-- Every headline metric against the target of its period. A period that is not over, or whose members may still change the
-- figure, is `immature`; what cannot be computed says why.
with reasoned as (
    select
        *,
        is_over and (undecided = 0 or is_past_inactivity) as is_mature,
        case
            when metric = 'ltv_cac' and ltv_cac_not_judged is not null then ltv_cac_not_judged
            when metric = 'nrr' and nrr_not_judged is not null then nrr_not_judged
            when target is null then 'no_target'
            -- What both areas promise together for a month is no channel's and no team's to reach alone.
            when unit = 'per_month' and dimension <> 'all' then 'company_target'
            when unit = 'per_month' and period <> 'month' then 'monthly_target'
            when sample_size = 0 and metric <> 'sqls_delivered' then coalesce(not_judged_reason, 'no_sample')
        end as not_judged
    from {{ ref('int_headline_measures') }}
)

select
    metric, period, period_start, period_end, dimension, value, actual, target, direction, unit,
    case
        when not_judged is not null then 'not_judgeable'
        when not is_mature then 'immature'
        when direction = 'at_least' and actual >= target then 'met'
        when direction = 'at_most' and actual <= target then 'met'
        else 'missed'
    end as status,
    case
        when not_judged is not null then not_judged
        when not is_over then 'period_running'
        when not is_mature then 'cohort_open'
        when actual is null then 'median_not_reached'
    end as reason,
    sample_size, hits, undecided, is_mature, share_within_target, agreement_version,
    cast(interval_low as decimal(18, 4)) as interval_low, cast(interval_high as decimal(18, 4)) as interval_high,
    case
        when sample_size = 0 or metric in ('sqls_delivered', 'nrr', 'ltv_cac') then 'none'
        when metric like 'first_contact%' then 'order_statistics_95'
        else 'wilson_95'
    end as interval_method,
    case
        when not_judged is not null or metric in ('sqls_delivered', 'nrr', 'ltv_cac') then null
        when direction = 'at_least' then coalesce(interval_low >= target, false) or coalesce(interval_high < target, false)
        else coalesce(interval_high <= target, false) or coalesce(interval_low > target, false)
    end as is_beyond_chance,
    not is_over as is_partial
from reasoned
