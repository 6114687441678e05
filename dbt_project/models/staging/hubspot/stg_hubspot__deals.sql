-- One row per deal that exists at as_of: a lead, the deal made from it, or both. What both have is the deal's, except what
-- was there first. HubSpot has no pause. An instant of closing after as_of has not come yet.
with leads as (
    select *
    from {{ latest_rows("(select * from " ~ source("raw_hubspot", "leads") ~ " where not coalesce(is_deleted, false))", "lead_id") }} as live_rows
),

deals as (
    select *
    from {{ latest_rows(source("raw_hubspot", "deals"), "deal_id") }} as last_rows
),

joined as (
    select
        records.deal_id,
        deals.deal_id is not null as is_deal,
        case when deals.deal_id is null then leads.closed_at else deals.closed_at end as closed_at,
        coalesce(deals.is_won, false) as is_won,
        deals.amount,
        deals.amount_recurring,
        coalesce(deals.rating, leads.rating) as rating,
        case when deals.deal_id is null then leads.stage_id else deals.stage_id end as stage_id,
        case when deals.deal_id is null then leads.pipeline_id else deals.pipeline_id end as pipeline_id,
        case when deals.deal_id is null then leads.owner_id else deals.owner_id end as user_id,
        coalesce(leads.owner_changed, false)
        or coalesce(deals.owner_changed, false)
        or coalesce(leads.owner_id <> deals.owner_id, false) as user_changed,
        coalesce(deals.company_id, leads.company_id) as organization_id,
        coalesce(leads.campaign_name, deals.campaign_name) as campaign_name,
        coalesce(leads.source_name, deals.source_name) as source_name,
        coalesce(deals.reason_id, leads.reason_id) as lost_reason_id,
        coalesce(deals.reason_name, leads.reason_name) as lost_reason_name,
        coalesce(leads.from_marketing, false) or coalesce(deals.from_marketing, false) as from_rdsm_integration,
        deals.parent_deal_id,
        deals.erp_order,
        coalesce(leads.created_at, deals.created_at) as created_at,
        coalesce(deals.updated_at, leads.updated_at) as updated_at,
        coalesce(deals.observed_at, leads.observed_at) as observed_at
    from {{ ref("stg_hubspot__records") }} as records
    left join leads on records.hubspot_lead_id = leads.lead_id
    left join deals on records.hubspot_deal_id = deals.deal_id
)

select
    joined.deal_id,
    joined.amount_recurring as amount_monthly,
    cast(joined.amount - coalesce(joined.amount_recurring, 0) as decimal(18, 2)) as amount_unique,
    joined.amount as amount_total,
    joined.rating,
    case
        when joined.closed_at is null or joined.closed_at > {{ as_of() }} then 'open'
        when joined.is_won then 'won'
        else 'lost'
    end as outcome,
    joined.stage_id,
    joined.pipeline_id,
    joined.user_id,
    joined.user_changed,
    joined.organization_id,
    joined.campaign_name,
    joined.source_name,
    joined.lost_reason_id,
    joined.lost_reason_name,
    joined.from_rdsm_integration,
    parents.deal_id as parent_deal_id,
    joined.erp_order,
    {{ trunc_second("joined.created_at") }} as created_at,
    {{ trunc_second("joined.updated_at") }} as updated_at,
    {{ happened("joined.closed_at") }} as closed_at,
    {{ trunc_second("joined.observed_at") }} as observed_at
from joined
left join {{ ref("stg_hubspot__records") }} as parents on joined.parent_deal_id = parents.hubspot_deal_id
