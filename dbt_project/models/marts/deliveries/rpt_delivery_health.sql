-- How each sync does: day by day (what was planned that day, as it stands today), and at present (what is open, and what was
-- planned lately). Medians and p90 are nearest ranks. The thresholds are orchestration's.
with deliveries as (
    select f.*, 'day' as period, f.planned_date as day from {{ ref('int_delivery_facts') }} as f
    union all
    select f.*, 'present', {{ local_date(as_of()) }} from {{ ref('int_delivery_facts') }} as f where f.is_present
),

ranked as (
    select
        d.*,
        row_number() over (partition by d.sync, d.period, d.day order by d.accept_seconds asc nulls last) as accept_place,
        count(d.accept_seconds) over (partition by d.sync, d.period, d.day) as accept_rows,
        row_number() over (partition by d.sync, d.period, d.day order by d.confirm_seconds asc nulls last) as confirm_place,
        count(d.confirm_seconds) over (partition by d.sync, d.period, d.day) as confirm_rows
    from deliveries as d
),

counted as (
    select
        sync, period, day,
        count(*) as planned,
        sum(case when is_sent then 1 else 0 end) as sent,
        sum(case when is_accepted then 1 else 0 end) as accepted,
        sum(case when state = 'confirmed' then 1 else 0 end) as confirmed,
        sum(case when refused_kind = 'consent' then 1 else 0 end) as refused_consent,
        sum(case when refused_kind = 'suppressed' then 1 else 0 end) as refused_suppressed,
        sum(case when refused_kind = 'other' then 1 else 0 end) as refused_other,
        sum(case when state = 'planned' then 1 else 0 end) as not_yet,
        count(waiting_seconds) as waiting,
        sum(case when state = 'failed' then 1 else 0 end) as failed,
        sum(case when state = 'held' then 1 else 0 end) as held,
        sum(case when is_given_up then 1 else 0 end) as dead,
        sum(case when is_unseen then 1 else 0 end) as unconfirmed_late,
        max(waiting_seconds) as waiting_seconds,
        max(delivered_at) as last_accepted_at,
        min(case when accept_place * 2 >= accept_rows then accept_seconds end) as accept_median,
        min(case when accept_place * 10 >= accept_rows * 9 then accept_seconds end) as accept_p90,
        min(case when confirm_place * 2 >= confirm_rows then confirm_seconds end) as confirm_median,
        min(case when confirm_place * 10 >= confirm_rows * 9 then confirm_seconds end) as confirm_p90
    from ranked
    group by sync, period, day
),

judged as (
    select
        c.*,
        case
            when c.waiting_seconds > {{ var('delivery_stopped_seconds') | int }} and coalesce(
                {{ epoch_seconds(as_of()) }} - {{ epoch_seconds('c.last_accepted_at') }}, c.waiting_seconds
            ) > {{ var('delivery_stopped_seconds') | int }} then 'nothing_accepted'
            when c.held > 0 then 'held'
            when c.dead > 0 then 'given_up'
            when c.unconfirmed_late > 0 then 'not_seen_again'
            when c.waiting_seconds > {{ var('delivery_waiting_seconds') | int }} then 'waiting_too_long'
        end as reason
    from counted as c
)

select
    sync, period, day, planned, cast(sent as bigint) as sent, cast(accepted as bigint) as accepted,
    cast(confirmed as bigint) as confirmed, cast(refused_consent as bigint) as refused_consent,
    cast(refused_suppressed as bigint) as refused_suppressed, cast(refused_other as bigint) as refused_other,
    cast(not_yet as bigint) as not_yet, waiting, cast(failed as bigint) as failed, cast(held as bigint) as held,
    cast(dead as bigint) as dead, cast(unconfirmed_late as bigint) as unconfirmed_late,
    {{ hours_from_seconds('waiting_seconds') }} as oldest_waiting_hours,
    {{ hours_from_seconds('accept_median') }} as median_hours_to_accept,
    {{ hours_from_seconds('accept_p90') }} as p90_hours_to_accept,
    {{ hours_from_seconds('confirm_median') }} as median_hours_to_confirm,
    {{ hours_from_seconds('confirm_p90') }} as p90_hours_to_confirm,
    case when reason is null then 'ok' when reason = 'nothing_accepted' then 'stopped' else 'degraded' end as status,
    reason
from judged
