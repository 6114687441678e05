-- Counts behind the shares, by month and week of their cohorts. `undecided` are members that may still reach the step: a
-- cohort with any of them is not mature.
with dated as (
    select metric, is_hit, is_open, is_recorded, 'month' as period, {{ period_start('month', 'cohort_date') }} as period_start
    from {{ ref('int_metric_members') }}
    union all
    select metric, is_hit, is_open, is_recorded, 'week' as period, {{ period_start('week', 'cohort_date') }} as period_start
    from {{ ref('int_metric_members') }}
)

select
    metric, period, period_start,
    cast(sum(case when is_recorded then 1 else 0 end) as bigint) as sample_size,
    cast(sum(case when is_recorded and is_hit then 1 else 0 end) as bigint) as hits,
    cast(sum(case when is_recorded and is_open and not is_hit then 1 else 0 end) as bigint) as undecided,
    min(case when not is_recorded then 'stages_not_recorded' end) as not_judged_reason
from dated
group by metric, period, period_start
