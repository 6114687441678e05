-- Volume promised per local month: how many hand-overs, SQLs or wins the month has up to as_of, against the minimum.
-- A count only grows: it is met the moment the promised number is reached, and broken when the month ends below it. The
-- first month of a history that begins within it says nothing.
with members as (
    select 'mqls_per_month' as measure, mql_date as counted_on, mql_at as counted_at from {{ ref('int_handoffs') }}
    union all
    select 'sqls_per_month', {{ sql_date('sql_at', 'won_date') }}, coalesce(sql_at, won_at) from {{ ref('int_handoffs') }}
    union all
    select 'wins_per_month', won_date, won_at from {{ ref('int_handoffs') }}
),

ranked as (
    select
        measure,
        {{ month_of('counted_on') }} as month,
        counted_at,
        row_number() over (
            partition by measure, {{ month_of('counted_on') }} order by counted_at asc nulls last
        ) as place
    from members
    where counted_on <= {{ local_date(as_of()) }}
),

history as (
    select
        {{ month_of('min(mql_date)') }} as first_month,
        min(mql_date) > {{ period_start('month', 'min(mql_date)') }} as starts_within
    from {{ ref('int_handoffs') }}
),

counted as (
    select
        i.verdict_id, i.month, i.minimum, i.ends_at,
        count(r.place) as members,
        min(case when r.place >= i.minimum then r.counted_at end) as reached_at
    from {{ ref('int_clause_index') }} as i
    left join ranked as r on i.measure = r.measure and i.month = r.month
    where i.clause_kind = 'volume'
    group by i.verdict_id, i.month, i.minimum, i.ends_at
)

select
    c.verdict_id,
    c.ends_at as due_at,
    c.reached_at as met_at,
    'count' as basis,
    case
        when c.members >= c.minimum then 'met'
        when {{ as_of() }} < c.ends_at then 'running'
        when c.month = h.first_month and h.starts_within then 'not_judgeable/partial_month'
        else 'breached'
    end as judgement,
    'count=' || {{ as_text('c.members') }} || ';minimum=' || {{ as_text('cast(c.minimum as bigint)') }} as evidence
from counted as c
cross join history as h
