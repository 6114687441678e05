-- When a lead or an opportunity took each status or stage. Opportunities: OpportunityHistory, always kept. Leads: LeadHistory
-- where the org tracks the status; else our own readings (`history_origin` snapshot: as exact as they are frequent).
{{ config(materialized="table") }}
with statuses as (
    select
        record_id,
        old_value,
        new_value,
        created_at,
        history_id,
        row_number() over (partition by record_id order by created_at asc, history_id asc) as change_no
    from {{ latest_rows(source("raw_salesforce", "field_history"), "history_id") }} as changes
    where field = 'Status'
),

-- Where only other fields are tracked, a lead's history is silent about its status.
tracked as (
    select distinct changes.record_id
    from {{ source("raw_salesforce", "field_history") }} as changes
    where changes.load_seq <= {{ known_at() }} and exists (select 1 from statuses)
),

seen as (
    select
        raw_leads.*,
        row_number() over (partition by raw_leads.lead_id order by raw_leads.load_seq asc, raw_leads.row_seq asc) as seen_no
    from {{ source("raw_salesforce", "leads") }} as raw_leads
    where raw_leads.load_seq <= {{ known_at() }} and not coalesce(raw_leads.is_deleted, false)
),

entries as (
    select opportunity_id as record_id, stage_name as label, created_at as start_at, history_id as tie, 'crm_history' as history_origin
    from {{ latest_rows(source("raw_salesforce", "opportunity_history"), "history_id") }} as changes
    union all
    select leads.lead_id, coalesce(statuses.old_value, leads.status), leads.created_at, '', 'crm_history'
    from {{ latest_rows(source("raw_salesforce", "leads"), "lead_id") }} as leads
    inner join tracked on leads.lead_id = tracked.record_id
    left join statuses on leads.lead_id = statuses.record_id and statuses.change_no = 1
    union all
    select record_id, new_value, created_at, history_id, 'crm_history'
    from statuses
    union all
    select seen.lead_id, seen.status, case when seen.seen_no = 1 then seen.created_at else seen.updated_at end, '', 'snapshot'
    from seen
    left join tracked on seen.lead_id = tracked.record_id
    where tracked.record_id is null
),

compared as (
    select
        *,
        lag(label) over (partition by record_id order by start_at asc, tie asc) as label_before
    from entries
)

select
    record_id,
    label,
    start_at,
    tie,
    history_origin
from compared
where label_before is null or label_before <> label
