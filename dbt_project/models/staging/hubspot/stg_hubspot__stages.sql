-- One row per stage of a pipeline of leads or deals. Ids of stages are unique across both.
select
    stage_id,
    stage_name,
    stage_order,
    pipeline_id,
    pipeline_name
from {{ latest_rows(source("raw_hubspot", "stages"), "stage_id") }} as stages
