-- When reading first showed each event of a deal, and that a contact, a company or an activity is there.
{% set shown = [
    first_shown(source("raw_salesforce", "leads"), "deal", "'lead'", "lead_id", "deal_created"),
    first_shown(source("raw_salesforce", "opportunities"), "deal", "'opportunity'", "opportunity_id", "deal_created"),
    first_shown(source("raw_salesforce", "opportunity_history"), "deal", "'opportunity'", "opportunity_id", "deal_stage", "created_at"),
    first_shown(source("raw_salesforce", "contacts"), "contact", "'contact'", "contact_id", "contact_created"),
    first_shown(source("raw_salesforce", "organizations"), "organization", "'organization'", "organization_id", "organization_created"),
    first_shown(source("raw_salesforce", "tasks"), "activity", "'task'", "task_id", "activity_logged")
] -%}
{%- set keys -%}
    select kinds.object_kind, keys.record_id as object_id, keys.deal_id
    from {{ ref("stg_salesforce__deal_keys") }} as keys
    cross join (select 'lead' as object_kind union all select 'opportunity' as object_kind) as kinds
{%- endset -%}
{{ crm_readings(shown, keys) }}
