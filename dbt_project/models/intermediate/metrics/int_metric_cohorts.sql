-- Counts behind the shares, by month and week of their cohorts, for all hand-overs and for each channel and team.
-- `undecided` are members that may still reach the step: a cohort with any of them is not mature.
with dated as (
{%- for period in ['month', 'week'] %}
    select
        m.metric, m.is_hit, m.is_open, m.is_recorded, d.dimension, d.value,
        '{{ period }}' as period, {{ period_start(period, 'm.cohort_date') }} as period_start
    from {{ ref('int_metric_members') }} as m
    inner join {{ ref('int_handoff_dimensions') }} as d on m.handoff_id = d.handoff_id
    {{ "union all" if not loop.last }}
{%- endfor %}
)

select
    metric, period, period_start, dimension, value,
    cast(sum(case when is_recorded then 1 else 0 end) as bigint) as sample_size,
    cast(sum(case when is_recorded and is_hit then 1 else 0 end) as bigint) as hits,
    cast(sum(case when is_recorded and is_open and not is_hit then 1 else 0 end) as bigint) as undecided,
    min(case when not is_recorded then 'stages_not_recorded' end) as not_judged_reason
from dated
group by metric, period, period_start, dimension, value
