-- Week by week, what each seller got and did with it. What was received, and what became of that, stands in the week it
-- came (so that later weeks never change an earlier load); attempts, give-backs and wins stand in the week they happened.
-- Passages that nobody owns have a null seller.
with holdings as (
    select
        h.handoff_id, h.status, h.attempts,
        coalesce(o.seller_id, h.seller_id) as seller_id,
        coalesce(o.owner_no, 1) as owner_no,
        {{ period_start('week', "coalesce(" ~ local_date('greatest(o.from_at, h.mql_at)') ~ ", h.mql_date)") }} as week_start,
        {{ period_start('week', local_date('o.until_at')) }} as left_week_start,
        o.until_at is null as is_current,
        -- Who starts with a lead that was contacted before has no first contact to make.
        h.mql_at is not null and (h.first_attempt_at is null or h.first_attempt_at >= o.from_at) as has_delay,
        case when h.first_attempt_at >= o.from_at and h.first_attempt_at < coalesce(o.until_at, {{ forever() }})
            then {{ epoch_seconds('h.first_attempt_at') }} - {{ epoch_seconds('greatest(o.from_at, h.mql_at)') }}
        end as delay
    from {{ ref('int_handoffs') }} as h
    left join {{ ref('int_handoff_owners') }} as o on h.handoff_id = o.handoff_id
),

-- Median as the nearest rank; a lead without an attempt waits longest, so that ignoring leads makes no median better.
waits as (
    select
        week_start, seller_id, delay,
        row_number() over (partition by week_start, seller_id order by delay asc nulls last) as place,
        count(*) over (partition by week_start, seller_id) as leads
    from holdings
    where has_delay
),

overdue as (
    select distinct handoff_id from {{ ref('rpt_open_clocks') }} where state = 'overdue' and who_acts = 'seller'
),

-- Each seller answers for the clock of the time the lead was theirs, where the lead changed hands.
clocks as (
    select
        v.seller_id, v.started_date, v.verdict, v.subject_type,
        max(case when v.subject_type = 'ownership' then 1 else 0 end) over (partition by v.handoff_id, v.clause_id)
            as has_owners,
        v.clause_kind
    from {{ ref('fct_sla_verdicts') }} as v
    where v.area = 'sales' and v.subject_type in ('handoff', 'ownership')
),

counts as (
    select week_start, seller_id, 'received' as measure, count(*) as amount
    from holdings where owner_no = 1 group by 1, 2
    union all
    select week_start, seller_id, 'reassigned_to', count(*) from holdings where owner_no > 1 group by 1, 2
    union all
    select left_week_start, seller_id, 'reassigned_away', count(*) from holdings where not is_current group by 1, 2
    union all
    select week_start, seller_id, 'untouched', count(*) from holdings where is_current and attempts = 0 group by 1, 2
    union all
    select week_start, seller_id, 'open_now', count(*) from holdings where is_current and status = 'open' group by 1, 2
    union all
    select h.week_start, h.seller_id, 'overdue_now', count(*)
    from holdings as h inner join overdue as c on h.handoff_id = c.handoff_id
    where h.is_current group by 1, 2
    union all
    select week_start, seller_id, 'median_human_delay_seconds', min(case when place * 2 >= leads then delay end)
    from waits group by 1, 2
    union all
    select {{ period_start('week', local_date('occurred_at')) }}, seller_id, 'attempts', count(*)
    from {{ ref('int_contact_attempts') }} group by 1, 2
    union all
    select {{ period_start('week', 'started_date') }}, seller_id, 'contacted_in_time', count(*)
    from clocks
    where clause_kind = 'response_time' and verdict = 'met' and (subject_type = 'ownership' or has_owners = 0) group by 1, 2
    union all
    select {{ period_start('week', 'started_date') }}, seller_id, 'breached', count(*)
    from clocks where verdict = 'breached' and (subject_type = 'ownership' or has_owners = 0) group by 1, 2
    union all
    select {{ period_start('week', local_date('rejected_at')) }}, seller_id, 'given_back', count(*)
    from {{ ref('int_handoffs') }} where rejected_at is not null group by 1, 2
    union all
    select {{ period_start('week', 'won_date') }}, seller_id, 'won', count(*)
    from {{ ref('int_handoffs') }} where won_date is not null group by 1, 2
)

select
    week_start, seller_id,
    {% for measure in ['received', 'untouched', 'attempts', 'contacted_in_time', 'breached', 'reassigned_away',
                       'reassigned_to', 'given_back', 'won', 'open_now', 'overdue_now'] -%}
    cast(coalesce(sum(case when measure = '{{ measure }}' then amount end), 0) as bigint) as {{ measure }},
    {% endfor -%}
    cast(sum(case when measure = 'median_human_delay_seconds' then amount end) as bigint) as median_human_delay_seconds
from counts
group by week_start, seller_id
