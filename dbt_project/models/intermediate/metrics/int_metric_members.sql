-- Which hand-overs count in each share, and which of them are hits (design section 4): of the hand-overs by mql_date,
-- SQL -> sale by the date of the SQL. An exported list records no stage but the sale: how many were accepted, or sold of
-- those qualified, cannot be told from it.
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
)

select 'mql_to_sql' as metric, handoff_id, mql_date as cohort_date, sql_date is not null as is_hit, is_open, true as is_recorded
from passages
union all
select 'acceptance', handoff_id, mql_date, is_accepted or sql_date is not null, is_open, has_stages from passages
union all
select 'close_rate', handoff_id, sql_date, is_won, is_open, has_stages from passages where sql_date is not null
union all
select 'sqls_delivered', handoff_id, sql_date, true, false, true from passages where sql_date is not null
