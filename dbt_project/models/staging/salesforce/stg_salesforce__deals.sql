-- One row per deal that exists at as_of, deleted ones left out: a lead, the opportunity it was converted into, or an
-- opportunity without a lead. Salesforce knows no paused deals. The instant of closing is the history's.
with leads as (
    select lead_rows.*, 'lead:' || lead_rows.lead_id as deal_id
    from {{ latest_rows(source("raw_salesforce", "leads"), "lead_id") }} as lead_rows
),

opportunities as (
    select opportunity_rows.*, keys.deal_id
    from {{ latest_rows(source("raw_salesforce", "opportunities"), "opportunity_id") }} as opportunity_rows
    inner join {{ ref("stg_salesforce__deal_keys") }} as keys on opportunity_rows.opportunity_id = keys.record_id
),

closings as (
    select record_id, label, max(start_at) as closed_at
    from {{ ref("stg_salesforce__stage_entries") }}
    group by record_id, label
),

owners as (
    select deal_id, count(distinct coalesce(user_id, '')) as owners
    from {{ ref("stg_salesforce__deal_observations") }}
    group by deal_id
),

last_visits as (
    select deal_id, stage_id, row_number() over (partition by deal_id order by start_at desc nulls last, visit_id desc nulls last) as recency
    from {{ ref("stg_salesforce__deal_stage_visits") }}
),

joined as (
    select
        coalesce(leads.deal_id, opportunities.deal_id) as deal_id,
        opportunities.amount_monthly,
        opportunities.amount_total,
        coalesce(opportunities.rating, leads.rating) as rating,
        case when opportunities.opportunity_id is null then false else opportunities.is_won end as is_won,
        case
            when opportunities.is_closed
                then coalesce(won.closed_at, opportunities.last_stage_change_at, opportunities.updated_at)
            when opportunities.opportunity_id is null and leads.is_lost and not leads.is_converted
                then coalesce(lost.closed_at, leads.updated_at)
        end as closed_at,
        opportunities.record_type_id as pipeline_id,
        {{ salesforce_user("coalesce(opportunities.owner_id, leads.owner_id)") }} as user_id,
        coalesce(opportunities.organization_id, persons.organization_id) as organization_id,
        opportunities.campaign_name,
        coalesce(opportunities.source_name, leads.source_name) as source_name,
        coalesce(opportunities.lost_reason, leads.lost_reason) as lost_reason_id,
        coalesce(leads.from_marketing, false) or coalesce(opportunities.from_marketing, false) as from_marketing,
        opportunities.parent_id,
        opportunities.erp_order,
        coalesce(leads.created_at, opportunities.created_at) as created_at,
        coalesce(opportunities.updated_at, leads.updated_at) as updated_at,
        coalesce(opportunities.observed_at, leads.observed_at) as observed_at,
        case when opportunities.opportunity_id is null then leads.is_deleted else opportunities.is_deleted end as is_deleted
    from leads
    full outer join opportunities on leads.deal_id = opportunities.deal_id
    left join closings as won
        on opportunities.opportunity_id = won.record_id and opportunities.stage_name = won.label
    left join closings as lost on leads.lead_id = lost.record_id and leads.status = lost.label
    left join {{ ref("stg_salesforce__contacts") }} as persons on leads.lead_id = persons.contact_id
    -- A converted lead whose opportunity nobody shows any more: deleted so long ago that the bin was emptied.
    where
        opportunities.opportunity_id is not null
        or leads.converted_opportunity_id is null and not exists (
            select 1 from {{ ref("stg_salesforce__deal_keys") }} as others
            where others.record_id = leads.lead_id and others.deal_id <> leads.deal_id
        )
)

select
    joined.deal_id,
    joined.amount_monthly,
    cast(joined.amount_total - coalesce(joined.amount_monthly, 0) as decimal(18, 2)) as amount_unique,
    joined.amount_total,
    joined.rating,
    case
        when joined.closed_at is null or joined.closed_at > {{ as_of() }} then 'open'
        when joined.is_won then 'won'
        else 'lost'
    end as outcome,
    last_visits.stage_id,
    coalesce(joined.pipeline_id, stages.pipeline_id) as pipeline_id,
    joined.user_id,
    coalesce(owners.owners, 0) > 1 as user_changed,
    joined.organization_id,
    joined.campaign_name,
    joined.source_name,
    joined.lost_reason_id,
    coalesce(reasons.name, joined.lost_reason_id) as lost_reason_name,
    joined.from_marketing as from_rdsm_integration,
    parents.deal_id as parent_deal_id,
    joined.erp_order,
    {{ trunc_second("joined.created_at") }} as created_at,
    {{ trunc_second("joined.updated_at") }} as updated_at,
    {{ happened("joined.closed_at") }} as closed_at,
    {{ trunc_second("joined.observed_at") }} as observed_at
from joined
left join last_visits on joined.deal_id = last_visits.deal_id and last_visits.recency = 1
left join {{ ref("stg_salesforce__stages") }} as stages on last_visits.stage_id = stages.stage_id
left join owners on joined.deal_id = owners.deal_id
left join {{ ref("stg_salesforce__lost_reasons") }} as reasons on joined.lost_reason_id = reasons.reason_id
left join {{ ref("stg_salesforce__deal_keys") }} as parents on joined.parent_id = parents.record_id
where not coalesce(joined.is_deleted, false) and joined.created_at <= {{ as_of() }}
