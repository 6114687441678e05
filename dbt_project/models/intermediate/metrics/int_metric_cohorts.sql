-- Counts behind the shares: cohorts by mql_date, SQL -> sale by the date of the SQL (design section 4). `undecided` are
-- members that may still reach the step: a cohort with any of them is not mature. An exported list records no stage but the
-- sale: how many were accepted, or sold of those qualified, cannot be told from it.
with passages as (
    select
        handoff_id,
        mql_date,
        {{ sql_date('sql_at', 'won_date') }} as sql_date,
        status = 'won' as is_won,
        status = 'open' as is_open,
        source_system <> 'files' as has_stages,
        accepted_at is not null or opportunity_at is not null or proposal_at is not null as is_accepted
    from {{ ref('int_handoffs') }}
),

members as (
    select 'mql_to_sql' as metric, mql_date as cohort_date, sql_date is not null as is_hit, is_open, true as is_recorded
    from passages
    union all
    select 'acceptance', mql_date, is_accepted or sql_date is not null, is_open, has_stages from passages
    union all
    select 'close_rate', sql_date, is_won, is_open, has_stages from passages where sql_date is not null
    union all
    select 'sqls_delivered', sql_date, true, false, true from passages where sql_date is not null
),

dated as (
    select metric, is_hit, is_open, is_recorded, 'month' as period, {{ period_start('month', 'cohort_date') }} as period_start
    from members
    union all
    select metric, is_hit, is_open, is_recorded, 'week' as period, {{ period_start('week', 'cohort_date') }} as period_start
    from members
)

select
    metric, period, period_start,
    cast(sum(case when is_recorded then 1 else 0 end) as bigint) as sample_size,
    cast(sum(case when is_recorded and is_hit then 1 else 0 end) as bigint) as hits,
    cast(sum(case when is_recorded and is_open and not is_hit then 1 else 0 end) as bigint) as undecided,
    min(case when not is_recorded then 'stages_not_recorded' end) as not_judged_reason
from dated
group by metric, period, period_start
