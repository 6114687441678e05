-- When reading first showed each event of a deal, and that a contact, a company or an activity is there.
{% set shown = [
    first_shown(source("raw_hubspot", "leads"), "deal", "'lead'", "lead_id", "deal_created"),
    first_shown(source("raw_hubspot", "deals"), "deal", "'deal'", "deal_id", "deal_created"),
    first_shown(source("raw_hubspot", "leads"), "deal", "'lead'", "lead_id", "deal_closed", "closed_at"),
    first_shown(source("raw_hubspot", "deals"), "deal", "'deal'", "deal_id", "deal_closed", "closed_at"),
    first_shown(source("raw_hubspot", "stage_visits"), "deal", "record_kind", "record_id", "deal_stage", "start_at"),
    first_shown(source("raw_hubspot", "contacts"), "contact", "'contact'", "contact_id", "contact_created"),
    first_shown(source("raw_hubspot", "companies"), "organization", "'company'", "company_id", "organization_created"),
    first_shown(source("raw_hubspot", "activities"), "activity", "'activity'", "activity_id", "activity_logged")
] -%}
{%- set keys -%}
    select 'lead' as object_kind, hubspot_lead_id as object_id, deal_id
    from {{ ref("stg_hubspot__records") }}
    where hubspot_lead_id is not null
    union all
    select 'deal' as object_kind, hubspot_deal_id as object_id, deal_id
    from {{ ref("stg_hubspot__records") }}
    where hubspot_deal_id is not null
{%- endset -%}
{{ crm_readings(shown, keys) }}
