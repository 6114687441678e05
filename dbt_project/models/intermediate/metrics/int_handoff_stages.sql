-- First entry of each passage into each funnel stage, with the time since the stage it entered before; of a renewal and an
-- expansion since the sale. Negative times (a file that dates the sale before the hand-over) are no durations and stay null.
with entries as (
    select
        handoff_id, stage, {{ stage_number('stage') }} as stage_no,
        min(entered_at) as entered_at,
        min(entered_date) as entered_date
    from {{ ref('int_funnel_events') }}
    where handoff_id is not null and {{ stage_number('stage') }} > 0
    group by handoff_id, stage
),

previous as (
    select
        *,
        lag(entered_at) over (partition by handoff_id order by stage_no) as previous_at,
        case
            when {{ follows_sale('stage_no') }} then max(case when stage = 'customer' then entered_date end) over (partition by handoff_id)
            else lag(entered_date) over (partition by handoff_id order by stage_no)
        end as previous_date,
        max(stage_no) over (partition by handoff_id) as furthest_no
    from entries
),

timed as (
    select
        *,
        case when entered_at is not null and previous_at is not null
            then {{ epoch_seconds('entered_at') }} - {{ epoch_seconds('previous_at') }}
            else cast(entered_date - previous_date as bigint) * 86400 end as seconds
    from previous
)

select
    handoff_id, stage, stage_no, furthest_no, entered_at, entered_date,
    case when seconds >= 0 then seconds end as seconds_from_previous
from timed
