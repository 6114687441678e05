-- One row per deal that exists at as_of, deleted ones left out: what the lead says until it is a deal, then the deal. A
-- lead that was archived is lost. A closing after as_of has not happened yet. Pipedrive knows no pause.
with owners as (
    select
        deal_id,
        min(coalesce(user_id, '')) <> max(coalesce(user_id, '')) as user_changed
    from {{ ref("stg_pipedrive__deal_observations") }}
    group by deal_id
),

joined as (
    select
        keys.deal_id,
        keys.source_id is null as is_lead,
        deals.status,
        deals.amount_monthly,
        coalesce(deals.pipeline_id, homes.pipeline_id) as pipeline_id,
        coalesce(deals.stage_id, homes.stage_id) as stage_id,
        coalesce(deals.amount_total, leads.amount_total, 0) as amount_total,
        case when keys.source_id is null then leads.rating else deals.rating end as rating,
        case when keys.source_id is null then leads.user_id else deals.user_id end as user_id,
        case when keys.source_id is null then leads.archived_at else deals.closed_at end as ended_at,
        case when keys.source_id is null then leads.lost_reason_name else deals.lost_reason_name end as reason,
        coalesce(deals.organization_id, leads.organization_id) as organization_id,
        coalesce(deals.campaign_name, leads.campaign_name) as campaign_name,
        coalesce(leads.source_name, deals.source_name) as source_name,
        coalesce(deals.from_marketing, false) or coalesce(leads.from_marketing, false) as from_marketing,
        coalesce(deals.parent_deal_id, leads.parent_deal_id) as parent_id,
        coalesce(deals.erp_order, leads.erp_order) as erp_order,
        coalesce(leads.created_at, deals.created_at) as created_at,
        coalesce(deals.updated_at, leads.updated_at) as updated_at,
        coalesce(deals.observed_at, leads.observed_at) as observed_at
    from {{ ref("stg_pipedrive__deal_keys") }} as keys
    left join {{ latest_rows(source("raw_pipedrive", "deals"), "deal_id") }} as deals on keys.source_id = deals.deal_id
    left join {{ latest_rows(source("raw_pipedrive", "leads"), "lead_id") }} as leads
        on keys.lead_id = leads.lead_id and not coalesce(leads.is_deleted, false)
    left join {{ ref("stg_pipedrive__stages") }} as homes on homes.stage_id = 'lead'
)

select
    joined.deal_id,
    joined.amount_monthly,
    cast(joined.amount_total - coalesce(joined.amount_monthly, 0) as decimal(18, 2)) as amount_unique,
    cast(joined.amount_total as decimal(18, 2)) as amount_total,
    joined.rating,
    case
        when joined.ended_at is null or joined.ended_at > {{ as_of() }} then 'open'
        when joined.status = 'won' then 'won'
        else 'lost'
    end as outcome,
    joined.stage_id,
    joined.pipeline_id,
    joined.user_id,
    coalesce(owners.user_changed, false) as user_changed,
    joined.organization_id,
    joined.campaign_name,
    joined.source_name,
    joined.reason as lost_reason_id,
    joined.reason as lost_reason_name,
    joined.from_marketing as from_rdsm_integration,
    coalesce(parents.deal_id, joined.parent_id) as parent_deal_id,
    joined.erp_order,
    {{ trunc_second("joined.created_at") }} as created_at,
    {{ trunc_second("joined.updated_at") }} as updated_at,
    {{ happened("joined.ended_at") }} as closed_at,
    {{ trunc_second("joined.observed_at") }} as observed_at
from joined
left join owners on joined.deal_id = owners.deal_id
left join {{ ref("stg_pipedrive__deal_keys") }} as parents on joined.parent_id = parents.source_id
where joined.created_at <= {{ as_of() }}
