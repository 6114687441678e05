-- When reading first showed each event of a deal, and that a contact, a company or an activity is there.
{% set shown = [
    first_shown(source("raw_rd_station_crm", "deals"), "deal", "'deal'", "deal_id", "deal_created"),
    first_shown(source("raw_rd_station_crm", "deals"), "deal", "'deal'", "deal_id", "deal_closed", "closed_at"),
    first_shown(source("raw_rd_station_crm", "deal_stage_visits"), "deal", "'deal'", "deal_id", "deal_stage", "start_at"),
    first_shown(source("raw_rd_station_crm", "contacts"), "contact", "'contact'", "contact_id", "contact_created"),
    first_shown(source("raw_rd_station_crm", "organizations"), "organization", "'organization'", "organization_id", "organization_created"),
    first_shown(source("raw_rd_station_crm", "tasks"), "activity", "'task'", "task_id", "activity_logged")
] -%}
{{ crm_readings(shown) }}
