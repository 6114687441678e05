-- The instants and durations of each response clause, before judging: due at both ends of the start's uncertainty, the
-- stop, and how long the clock ran until the stop (or, without one, until the passage closed or as_of).
with clocks as (
    select
        i.*,
        s.basis,
        s.evidence,
        s.unknown_at,
        -- An earlier contact of the same passage meets the SQL clock at once (design section 4).
        case when s.stop_at is not null then greatest(s.stop_at, i.started_at) end as stop_at,
        case when i.clock = 'business' then lo.due_at
            else {{ add_seconds('i.not_before', 'i.limit_seconds') }} end as due_lo,
        case when i.clock = 'business' then hi.due_at
            else {{ add_seconds('i.started_at', 'i.limit_seconds') }} end as due_hi
    from {{ ref('int_response_index') }} as i
    left join {{ ref('int_response_stops') }} as s on i.verdict_id = s.verdict_id
    left join {{ ref('int_business_due') }} as lo
        on i.calendar_hash = lo.calendar_hash and i.not_before = lo.start_at and i.limit_seconds = lo.limit_seconds
    left join {{ ref('int_business_due') }} as hi
        on i.calendar_hash = hi.calendar_hash and i.started_at = hi.start_at and i.limit_seconds = hi.limit_seconds
),

observed as (
    select
        *,
        case when stop_at is not null then stop_at
            else greatest(started_at, least(coalesce(closed_at, {{ as_of() }}), {{ as_of() }})) end as observed_until
    from clocks
    where not is_date_only
)

select
    o.*,
    {{ epoch_seconds('o.observed_until') }} - {{ epoch_seconds('o.started_at') }} as observed_elapsed,
    {{ worked_before('o.observed_until', 'd2') }} - {{ worked_before('o.started_at', 'd1') }} as observed_business
from observed as o
left join {{ ref('stg_agreement__calendar_days') }} as d1
    on o.calendar_hash = d1.calendar_hash and cast(o.started_at as date) = d1.utc_date
left join {{ ref('stg_agreement__calendar_days') }} as d2
    on o.calendar_hash = d2.calendar_hash and cast(o.observed_until as date) = d2.utc_date
