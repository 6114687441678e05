-- Stays in stages that began by as_of: first the lead's, then those of the deal's changelog. A deal whose changelog is not
-- read yet, or not since it last moved, is in its present stage since it entered it.
with visits as (
    select
        keys.deal_id,
        keys.deal_id as visit_id,
        'lead' as stage_id,
        leads.created_at as start_at,
        deals.created_at as end_at
    from {{ ref("stg_pipedrive__deal_keys") }} as keys
    inner join {{ latest_rows(source("raw_pipedrive", "leads"), "lead_id") }} as leads
        on keys.lead_id = leads.lead_id and not coalesce(leads.is_deleted, false)
    left join {{ latest_rows(source("raw_pipedrive", "deals"), "deal_id") }} as deals on keys.source_id = deals.deal_id

    union all

    select
        keys.deal_id,
        stays.visit_id,
        stays.stage_id,
        stays.start_at,
        stays.end_at
    from {{ latest_sets(source("raw_pipedrive", "deal_stage_visits"), "deal_id", "visit_id", source("raw_pipedrive", "deal_histories")) }} as stays
    inner join {{ ref("stg_pipedrive__deal_keys") }} as keys on stays.deal_id = keys.source_id

    union all

    select
        keys.deal_id,
        deals.deal_id || ':present' as visit_id,
        deals.stage_id,
        coalesce(deals.stage_changed_at, deals.created_at) as start_at,
        cast(null as timestamp) as end_at
    from {{ ref("stg_pipedrive__deal_keys") }} as keys
    inner join {{ latest_rows(source("raw_pipedrive", "deals"), "deal_id") }} as deals on keys.source_id = deals.deal_id
    left join {{ latest_rows(source("raw_pipedrive", "deal_histories"), "deal_id") }} as histories
        on deals.deal_id = histories.deal_id
    where histories.deal_id is null or deals.stage_changed_at > histories.stage_changed_at
)

select
    deal_id,
    visit_id,
    stage_id,
    {{ trunc_second("start_at") }} as start_at,
    {{ happened("end_at") }} as end_at
from visits
where start_at <= {{ as_of() }}
