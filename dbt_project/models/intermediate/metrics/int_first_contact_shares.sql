-- How many hand-overs were contacted within the target. One that still waits, or closed, before the target's time ran
-- out is undecided; what could not be judged is counted apart with its reason.
select
    f.metric, f.period, f.period_start, f.dimension, f.value,
    cast(sum(case when f.verdict <> 'not_judgeable' then 1 else 0 end) as bigint) as sample_size,
    cast(sum(case when f.verdict <> 'not_judgeable' and not f.is_censored and f.seconds <= t.target then 1 else 0 end)
        as bigint) as hits,
    cast(sum(case when f.verdict <> 'not_judgeable' and (not f.is_censored or f.seconds > t.target) then 1 else 0 end)
        as bigint) as decided,
    cast(sum(case when f.verdict = 'running' then 1 else 0 end) as bigint) as undecided,
    min(case when f.verdict = 'not_judgeable' then f.reason end) as not_judged_reason
from {{ ref('int_first_contact_times') }} as f
inner join {{ ref('int_metric_targets') }} as t
    on f.metric = t.metric and f.period = t.period and f.period_start = t.period_start
group by f.metric, f.period, f.period_start, f.dimension, f.value
