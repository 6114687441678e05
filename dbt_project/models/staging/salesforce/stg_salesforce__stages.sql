-- One row per lead status (pipeline `lead`) and per stage of each record type; the closed ones are outcomes, not stages.
select
    stage_id,
    stage_name,
    stage_order,
    pipeline_id,
    pipeline_name
from {{ latest_rows(source("raw_salesforce", "stages"), "stage_id") }} as stages
where not coalesce(is_closed, false)
