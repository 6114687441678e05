-- One row per stage of a pipeline.
select
    stage_id,
    stage_name,
    stage_order,
    pipeline_id,
    pipeline_name
from {{ latest_rows(source("raw_pipedrive", "stages"), "stage_id") }} as stages
