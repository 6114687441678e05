-- One row per activity of a lead or deal, archived ones left out. `done_at` is when the seller says it was done, `created_at`
-- when it was written down.
select
    activities.activity_id as task_id,
    coalesce(of_leads.deal_id, of_deals.deal_id) as deal_id,
    activities.type,
    coalesce(activities.is_done, false) as is_done,
    activities.outcome,
    {{ trunc_second("activities.done_at") }} as done_at,
    {{ trunc_second("activities.due_at") }} as due_at,
    {{ trunc_second("activities.created_at") }} as created_at,
    activities.owner_id as user_id
from {{ latest_rows(source("raw_hubspot", "activities"), "activity_id") }} as activities
left join {{ ref("stg_hubspot__records") }} as of_leads on activities.lead_id = of_leads.hubspot_lead_id
left join {{ ref("stg_hubspot__records") }} as of_deals on activities.deal_id = of_deals.hubspot_deal_id
where not coalesce(activities.is_deleted, false)
