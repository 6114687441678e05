-- When each clause with a limit runs out, at both ends of the start's uncertainty: by plain seconds, or by the working
-- time of a calendar. Null beyond the calendar.
with timed as (
    select verdict_id, due_calendar_hash as calendar_hash, not_before, started_at, limit_seconds
    from {{ ref('int_clause_index') }}
    where limit_seconds is not null and not is_date_only
),

starts as (
    select calendar_hash, started_at as start_at, limit_seconds from timed where calendar_hash is not null
    union
    select calendar_hash, not_before as start_at, limit_seconds from timed where calendar_hash is not null
),

due as (
    {{ business_due('starts', ref('stg_agreement__calendar_days'), ref('int_working_day_buckets')) | indent(4) }}
)

select
    t.verdict_id,
    case when t.calendar_hash is null then {{ add_seconds('t.not_before', 't.limit_seconds') }}
        else lo.due_at end as due_lo,
    case when t.calendar_hash is null then {{ add_seconds('t.started_at', 't.limit_seconds') }}
        else hi.due_at end as due_hi
from timed as t
left join due as lo
    on t.calendar_hash = lo.calendar_hash and t.not_before = lo.start_at and t.limit_seconds = lo.limit_seconds
left join due as hi
    on t.calendar_hash = hi.calendar_hash and t.started_at = hi.start_at and t.limit_seconds = hi.limit_seconds
