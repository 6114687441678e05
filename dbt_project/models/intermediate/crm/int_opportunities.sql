-- One row per deal of the CRM or of an exported list. The stage is the last one visited by as_of.
with last_visits as (
    select
        deal_id,
        stage_name,
        funnel_stage,
        row_number() over (partition by deal_id order by start_at desc nulls last, visit_id desc nulls last) as recency
    from {{ ref("int_stage_visits") }}
),

reason_labels as (
    select
        source_system,
        label,
        min(reason_code) as reason_code
    from {{ ref("stg_agreement__reason_labels") }}
    group by source_system, label
)

select
    deals.opportunity_id,
    '{{ crm_system() }}' as source_system,
    deals.deal_id as source_id,
    deals.person_id,
    companies.company_id,
    {{ seller_id("deals.user_id") }} as seller_id,
    coalesce(last_visits.stage_name, stages.stage_name) as stage,
    case when last_visits.deal_id is null then stages.funnel_stage else last_visits.funnel_stage end as funnel_stage,
    cast(staged.amount_total as decimal(18, 2)) as amount,
    '{{ var("currency") }}' as currency,
    cast(staged.amount_monthly as decimal(18, 2)) as amount_recurring,
    deals.created_at,
    deals.closed_at,
    {{ local_date("deals.closed_at") }} as closed_date,
    deals.outcome,
    case when deals.outcome = 'lost' then reason_labels.reason_code end as reason_code,
    case when deals.outcome = 'lost' then coalesce(staged.lost_reason_name, lost_reasons.name) end as reason_label,
    deals.rating,
    deals.is_copy,
    {{ opportunity_id("staged.parent_deal_id") }} as parent_opportunity_id,
    staged.erp_order,
    staged.from_rdsm_integration as from_marketing
from {{ ref("int_deals") }} as deals
inner join {{ crm("deals") }} as staged on deals.deal_id = staged.deal_id
left join last_visits on deals.deal_id = last_visits.deal_id and last_visits.recency = 1
left join {{ ref("int_crm_stages") }} as stages on staged.stage_id = stages.stage_id
left join {{ crm("lost_reasons") }} as lost_reasons
    on staged.lost_reason_id = lost_reasons.reason_id
left join reason_labels
    on
        reason_labels.source_system = '{{ crm_system() }}'
        and lower(trim(coalesce(staged.lost_reason_name, lost_reasons.name))) = reason_labels.label
left join {{ ref("int_company_nodes") }} as companies on companies.node = 'org:' || deals.organization_id

union all

select
    listed.opportunity_id,
    'files' as source_system,
    listed.source_id,
    nodes.person_id,
    companies.company_id,
    {{ hash_id("'files:seller:' || listed.seller_key") }} as seller_id,
    last_visits.stage_name as stage,
    last_visits.funnel_stage,
    cast(null as decimal(18, 2)) as amount,
    '{{ var("currency") }}' as currency,
    cast(null as decimal(18, 2)) as amount_recurring,
    listed.created_at,
    listed.closed_at,
    listed.closed_date,
    listed.outcome,
    reason_labels.reason_code,
    listed.reason as reason_label,
    listed.rating,
    false as is_copy,
    cast(null as {{ dbt.type_string() }}) as parent_opportunity_id,
    cast(null as {{ dbt.type_string() }}) as erp_order,
    true as from_marketing
from {{ ref("int_file_opportunities") }} as listed
left join {{ ref("stg_files__handoffs") }} as handoffs on listed.handoff_key = handoffs.handoff_key
left join {{ ref("int_person_nodes") }} as nodes on handoffs.person_node = nodes.node
left join {{ ref("int_company_nodes") }} as companies on companies.node = 'files:' || listed.company_key
left join last_visits
    on listed.is_primary and last_visits.deal_id = 'files:' || listed.handoff_key and last_visits.recency = 1
left join reason_labels
    on reason_labels.source_system = 'files' and lower(trim(listed.reason)) = reason_labels.label
