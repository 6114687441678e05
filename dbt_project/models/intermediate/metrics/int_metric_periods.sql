-- Months and ISO weeks from the first hand-over to as_of, with the agreement version in force when the period starts
-- (design section 5: period clauses). Days come from the calendar: no clock and no series function in SQL. Exported
-- lists end with their last row: what comes after it is not a month without leads. Live systems never end before as_of.
with bounds as (
    select
        min(mql_date) as first_day,
        case when max(case when source_system = 'files' then 0 else 1 end) = 1 then {{ local_date(as_of()) }}
            else greatest(max(mql_date), coalesce(max(won_date), max(mql_date))) end as last_day
    from {{ ref('int_handoffs') }}
),

days as (
    select distinct c.utc_date as day
    from {{ ref('stg_agreement__calendar_days') }} as c
    inner join bounds as b on c.utc_date >= b.first_day and c.utc_date <= b.last_day
),

periods as (
    select distinct
        'month' as period, {{ period_start('month', 'day') }} as period_start,
        cast({{ period_start('month', 'day') }} + interval '1' month as date) as next_start
    from days
    union all
    select distinct
        'week' as period, {{ period_start('week', 'day') }} as period_start,
        cast({{ period_start('week', 'day') }} + interval '7' day as date) as next_start
    from days
),

versioned as (
    select
        p.period, p.period_start, p.next_start, v.agreement_version, v.inactivity_days,
        row_number() over (
            partition by p.period, p.period_start
            order by
                case when {{ local_ts('v.effective_from') }} <= cast(p.period_start as timestamp) then 0 else 1 end,
                case when {{ local_ts('v.effective_from') }} <= cast(p.period_start as timestamp)
                    then v.effective_from end desc nulls last,
                v.effective_from asc
        ) as place
    from periods as p
    cross join {{ ref('stg_agreement__versions') }} as v
)

select
    period, period_start, next_start, agreement_version, inactivity_days,
    {{ add_days('next_start', -1) }} as period_end,
    next_start <= {{ local_date(as_of()) }} as is_over,
    {{ add_days('next_start', 'inactivity_days') }} <= {{ local_date(as_of()) }} as is_past_inactivity
from versioned
where place = 1
