-- The opportunities of exported lists: each won deal, and, where a hand-over has none, the hand-over itself once sales
-- worked it (an owner, a stage, an attempt, a rating, an end). So attempts, reasons and ratings find it as in a CRM.
-- `failed_as` keeps the file's own word for an end without a sale: it may know no SQL stage to tell the two apart.
with handoffs as (
    select
        *,
        -- An end with a reason and without a word for it is judged like the CRM's: rejected before it was an SQL.
        case
            when rejected_at is null and lost_at is null then case when reason is not null then closed_at end
            else greatest(rejected_at, lost_at)
        end as failed_at,
        case
            when lost_at is not null and (rejected_at is null or lost_at > rejected_at) then 'lost'
            when rejected_at is not null then 'rejected'
        end as failed_as
    from {{ ref("stg_files__handoffs") }}
),

deals as (
    select
        *,
        row_number() over (partition by handoff_key order by won_on asc, won_at asc, deal_key asc) as deal_no
    from {{ ref("stg_files__deals") }}
),

worked as (
    select handoffs.*
    from handoffs
    left join (
        select distinct handoff_key from {{ ref("stg_files__attempts") }} where occurred_at <= {{ as_of() }}
    ) as attempted on handoffs.handoff_key = attempted.handoff_key
    left join deals on handoffs.handoff_key = deals.handoff_key and deals.deal_no = 1
    where
        deals.deal_key is null
        and (
            handoffs.seller_key is not null
            or handoffs.rating is not null
            or attempted.handoff_key is not null
            or coalesce(
                handoffs.assigned_at, handoffs.accepted_at, handoffs.sql_at, handoffs.opportunity_at,
                handoffs.proposal_at, handoffs.failed_at, handoffs.closed_at
            ) is not null
        )
)

select
    {{ hash_id("'files:deal:' || deals.deal_key") }} as opportunity_id,
    deals.deal_key as source_id,
    deals.handoff_key,
    deals.deal_no = 1 as is_primary,
    coalesce(deals.seller_key, handoffs.seller_key) as seller_key,
    deals.company_key,
    handoffs.mql_at as created_at,
    'won' as outcome,
    deals.won_at as closed_at,
    deals.won_on as closed_date,
    cast(null as {{ dbt.type_string() }}) as failed_as,
    cast(null as {{ dbt.type_string() }}) as reason,
    case when deals.deal_no = 1 then handoffs.rating end as rating
from deals
left join handoffs on deals.handoff_key = handoffs.handoff_key

union all

select
    {{ hash_id("'files:handoff:' || handoff_key") }} as opportunity_id,
    handoff_key as source_id,
    handoff_key,
    true as is_primary,
    seller_key,
    cast(null as {{ dbt.type_string() }}) as company_key,
    mql_at as created_at,
    case when failed_at is null then 'open' else 'lost' end as outcome,
    failed_at as closed_at,
    {{ local_date("failed_at") }} as closed_date,
    failed_as,
    case when failed_at is not null then reason end as reason,
    rating
from worked
