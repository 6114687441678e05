-- When reading first showed each event of a deal, and that a contact, a company or an activity is there.
{% set shown = [
    first_shown(source("raw_pipedrive", "leads"), "deal", "'lead'", "lead_id", "deal_created"),
    first_shown(source("raw_pipedrive", "deals"), "deal", "'deal'", "deal_id", "deal_created"),
    first_shown(source("raw_pipedrive", "leads"), "deal", "'lead'", "lead_id", "deal_closed", "archived_at"),
    first_shown(source("raw_pipedrive", "deals"), "deal", "'deal'", "deal_id", "deal_closed", "closed_at"),
    first_shown(source("raw_pipedrive", "deal_stage_visits"), "deal", "'deal'", "deal_id", "deal_stage", "start_at"),
    first_shown(source("raw_pipedrive", "deals"), "deal", "'deal'", "deal_id", "deal_stage", "coalesce(stage_changed_at, created_at)"),
    first_shown(source("raw_pipedrive", "contacts"), "contact", "'person'", "contact_id", "contact_created"),
    first_shown(source("raw_pipedrive", "organizations"), "organization", "'organization'", "organization_id", "organization_created"),
    first_shown(source("raw_pipedrive", "activities"), "activity", "'activity'", "activity_id", "activity_logged")
] -%}
{%- set keys -%}
    select 'lead' as object_kind, lead_id as object_id, deal_id
    from {{ ref("stg_pipedrive__deal_keys") }}
    where lead_id is not null
    union all
    select 'deal' as object_kind, source_id as object_id, deal_id
    from {{ ref("stg_pipedrive__deal_keys") }}
    where source_id is not null
{%- endset -%}
{{ crm_readings(shown, keys) }}
