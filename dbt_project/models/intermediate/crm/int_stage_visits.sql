-- Every visit of a deal to a stage, re-entries too, with the mapped funnel stage.
select
    visits.deal_id,
    {{ opportunity_id("visits.deal_id") }} as opportunity_id,
    visits.visit_id,
    stages.stage_name,
    stages.funnel_stage,
    visits.start_at,
    visits.end_at
from {{ ref("stg_rd_station_crm__deal_stage_visits") }} as visits
left join {{ ref("int_crm_stages") }} as stages on visits.stage_id = stages.stage_id
