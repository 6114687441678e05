-- One row per entry of a person into a stage, re-entries too. A stage that was skipped has no row.
select event_id, person_id, handoff_id, stage, funnel_stage, owner_area, entered_at, entered_date, source_system
from {{ ref('int_funnel_events') }}
