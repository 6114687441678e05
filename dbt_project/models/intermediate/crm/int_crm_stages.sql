-- CRM stages with the funnel stage that the agreement maps them to (null = not mapped). A row for the exact pipeline
-- wins over a row for any pipeline.
with stage_map as (
    select
        lower(trim(pipeline)) as pipeline,
        lower(trim(stage)) as stage,
        min(funnel_stage) as funnel_stage
    from {{ ref("stg_agreement__stage_map") }}
    where source_system = '{{ crm_system() }}'
    group by 1, 2
)

select
    stages.stage_id,
    stages.stage_name,
    stages.pipeline_name,
    coalesce(exact.funnel_stage, anywhere.funnel_stage) as funnel_stage
from {{ crm("stages") }} as stages
left join stage_map as exact
    on lower(trim(stages.stage_name)) = exact.stage and lower(trim(stages.pipeline_name)) = exact.pipeline
left join stage_map as anywhere
    on lower(trim(stages.stage_name)) = anywhere.stage and anywhere.pipeline is null
