-- How long each hand-over waited for its first contact, on the clock of its clause. Without a contact the time is
-- censored: it waited at least so long (until it closed, or until now). One clause per passage: the strictest.
with clauses as (
    select
        handoff_id,
        'first_contact_' || applies_to as metric,
        mql_date,
        case when clock = 'business' then observed_business else observed_elapsed end as seconds,
        met_at is null as is_censored,
        verdict,
        reason,
        row_number() over (partition by handoff_id order by limit_seconds, clause_id) as place
    from {{ ref('int_response_verdicts') }}
    where applies_to in ('hot', 'other')
),

times as (
    select * from clauses where place = 1
)

select
    metric, 'month' as period, {{ period_start('month', 'mql_date') }} as period_start, handoff_id, seconds, is_censored,
    verdict, reason
from times
union all
select
    metric, 'week' as period, {{ period_start('week', 'mql_date') }} as period_start, handoff_id, seconds, is_censored,
    verdict, reason
from times
