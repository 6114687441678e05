-- Stages of a source system mapped to the funnel; pipeline null = any.
select
    source_system,
    pipeline,
    stage,
    funnel_stage
from {{ current_agreement(source("raw_agreement", "stage_map")) }} as stage_map
