-- The signs that the agreement is broken, month by month, against the thresholds of the version in force when the month
-- starts: for the company and, where a seller answers for it, for each seller. Beyond chance: with so few cases the lower
-- end of the 95 % interval (Wilson) is above the threshold too.
with ranked as (
    select
        *,
        row_number() over (
            partition by sign, period_start, seller_id, is_hit order by day desc nulls last, subject_id asc
        ) as place
    from {{ ref('int_warning_shares') }}
),

counted as (
    select
        sign, period_start, seller_id,
        sum(case when is_hit then 1 else 0 end) as hits,
        count(*) as sample_size,
        {{ last_five('is_hit', 'place', 'subject_id') }} as subjects
    from ranked
    group by sign, period_start, seller_id
),

figures as (
    select
        sign, period_start, seller_id, {{ ratio('hits', 'sample_size') }} as value,
        {{ wilson_low('hits', 'sample_size') }} as value_at_least, sample_size,
        'hits=' || {{ as_text('hits') }} || coalesce(';last=' || subjects, '') as evidence
    from counted
    union all
    select
        sign, period_start, null, cast(months as decimal(18, 4)), cast(months as decimal(18, 4)), months_compared,
        case when sign like 'mql%' then 'mqls=' || {{ as_text('cast(amount as bigint)') }} || ';before=' || {{ as_text('cast(amount_before as bigint)') }}
            else 'cost=' || {{ as_text('amount') }} || ';before=' || {{ as_text('amount_before') }} end
        || ';revenue=' || {{ as_text('cast(revenue as decimal(18, 2))') }} || ';before=' || {{ as_text('cast(revenue_before as decimal(18, 2))') }}
    from {{ ref('int_warning_streaks') }}
)

select
    {{ hash_id("f.sign || '|' || " ~ as_text("f.period_start") ~ " || '|' || coalesce(f.seller_id, '')") }} as warning_id,
    f.sign, f.period_start, p.is_over, f.seller_id, f.value, t.threshold, cast(f.sample_size as bigint) as sample_size,
    case
        when f.sign like '%months' and f.value >= t.threshold then 'alert'
        when f.sign like '%months' or f.value <= t.threshold then 'quiet'
        when f.value_at_least > t.threshold then 'alert'
        else 'watch'
    end as severity,
    f.evidence, p.agreement_version
from figures as f
inner join {{ ref('int_metric_periods') }} as p on f.period_start = p.period_start and p.period = 'month'
inner join {{ ref('stg_agreement__warning_thresholds') }} as t
    on p.agreement_version = t.agreement_version and f.sign = t.sign
