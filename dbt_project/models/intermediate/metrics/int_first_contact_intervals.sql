-- 95 % interval of the median waiting time by order statistics: the ranks n/2 -+ 0.98 sqrt(n). Who still waits counts for
-- the lower end as if the contact came when last seen waiting, for the upper end as if it never came: so the interval holds
-- whatever becomes of them. An end is null where the sample is too small (or waits too much) to bound it.
with ranked as (
    select
        metric, period, period_start, dimension, value, seconds, is_censored,
        count(*) over (partition by metric, period, period_start, dimension, value) as sample_size,
        row_number() over (
            partition by metric, period, period_start, dimension, value order by seconds
        ) as place_at_least,
        row_number() over (
            partition by metric, period, period_start, dimension, value order by case when is_censored then 1 else 0 end, seconds
        ) as place_at_most
    from {{ ref('int_first_contact_times') }}
    where verdict <> 'not_judgeable'
)

select
    metric, period, period_start, dimension, value,
    cast(max(case when place_at_least = floor(0.5e0 * sample_size - 0.98e0 * sqrt(1e0 * sample_size)) then seconds end)
        as bigint) as low_seconds,
    cast(max(case when place_at_most = ceil(1e0 + 0.5e0 * sample_size + 0.98e0 * sqrt(1e0 * sample_size))
        and not is_censored then seconds end) as bigint) as high_seconds
from ranked
group by metric, period, period_start, dimension, value
