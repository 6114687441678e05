-- Median waiting time by the product-limit (Kaplan-Meier) estimate: those not contacted yet stay in the sample as long
-- as they are known to have waited, so that ignoring a lead never makes the median better. Null: not reached.
with moments as (
    select
        metric, period, period_start, dimension, value, seconds,
        count(*) as subjects,
        sum(case when is_censored then 0 else 1 end) as contacts
    from {{ ref('int_first_contact_times') }}
    where verdict <> 'not_judgeable'
    group by metric, period, period_start, dimension, value, seconds
),

at_risk as (
    select
        metric, period, period_start, dimension, value, seconds, contacts,
        sum(subjects) over (
            partition by metric, period, period_start, dimension, value order by seconds desc nulls last
            rows between unbounded preceding and current row
        ) as waiting
    from moments
),

survival as (
    select
        metric, period, period_start, dimension, value, seconds,
        exp(sum(case when contacts >= waiting then -500e0 else ln(1e0 - 1e0 * contacts / waiting) end) over (
            partition by metric, period, period_start, dimension, value order by seconds
            rows between unbounded preceding and current row
        )) as share_waiting
    from at_risk
)

-- The tolerance absorbs the last bits in which the engines' logarithms differ.
select metric, period, period_start, dimension, value, cast(min(seconds) as bigint) as median_seconds
from survival
where share_waiting <= 0.5 + 0.000000001
group by metric, period, period_start, dimension, value
