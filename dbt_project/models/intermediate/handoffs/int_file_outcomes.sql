-- How hand-overs of exported lists stand and when they ended. An end is rejected or lost as the file says; where it names
-- a reason only, by the SQL stage, as in a CRM. Without any end the agreed inactivity ends what sales never took up.
-- What the exports do not record at all (`records_…` false) cannot be judged: not known is not zero.
with recorded as (
    select
        max(case when assigned_at is not null then 1 else 0 end) = 1 as records_owners,
        max(case when reason is not null then 1 else 0 end) = 1 as records_reasons,
        max(case when rating is not null then 1 else 0 end) = 1 as records_ratings,
        (select count(*) from {{ ref("stg_files__attempts") }}) > 0 as records_attempts
    from {{ ref("stg_files__handoffs") }}
),

ends as (
    select
        passages.handoff_id,
        passages.mql_at,
        {{ add_seconds("passages.mql_at", "passages.inactivity_days * 86400") }} as patience_end,
        handoffs.closed_at,
        outcomes.won_at,
        outcomes.won_date,
        outcomes.failed_at,
        case
            when outcomes.won_date is not null then 'won'
            when listed.failed_as is not null then listed.failed_as
            when outcomes.sql_at <= outcomes.failed_at then 'lost'
            when outcomes.failed_at is not null then 'rejected'
            when handoffs.closed_at is not null then 'inactive'
            when outcomes.has_open_deal = 1 then 'open'
            when
                passages.mql_at is null
                and {{ add_days("passages.mql_date", "passages.inactivity_days") }} < {{ local_date(as_of()) }}
                then 'inactive'
            when {{ add_seconds("passages.mql_at", "passages.inactivity_days * 86400") }} <= {{ as_of() }} then 'inactive'
            else 'open'
        end as status
    from {{ ref("stg_files__handoffs") }} as handoffs
    inner join {{ ref("int_passages") }} as passages
        on passages.opening_record = 'files:handoff:' || handoffs.handoff_key
    left join {{ ref("int_handoff_outcomes") }} as outcomes on passages.handoff_id = outcomes.handoff_id
    left join {{ ref("int_file_opportunities") }} as listed on outcomes.failed_opportunity_id = listed.opportunity_id
),

dated as (
    select
        *,
        case status
            when 'won' then won_at
            when 'rejected' then failed_at
            when 'lost' then failed_at
            when 'inactive' then coalesce(closed_at, patience_end)
        end as ended_at
    from ends
)

select
    dated.handoff_id,
    dated.status,
    dated.ended_at as closed_at,
    case when dated.status = 'won' then dated.won_date else {{ local_date("dated.ended_at") }} end as closed_date,
    recorded.records_attempts,
    recorded.records_owners,
    recorded.records_reasons,
    recorded.records_ratings
from dated
cross join recorded
