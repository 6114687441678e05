-- One row per activity that is not deleted. Its result is the call log's where a telephony app writes them, else what the
-- activity says, else unknown; of several calls of one activity the best counts (contact, no_answer, unknown: in this order).
select
    activities.activity_id as task_id,
    coalesce(keys.deal_id, 'lead:' || activities.lead_id) as deal_id,
    activities.type,
    coalesce(activities.done, false) as is_done,
    coalesce(calls.outcome, activities.outcome, 'unknown') as outcome,
    {{ trunc_second("activities.done_at") }} as done_at,
    {{ trunc_second("activities.due_at") }} as due_at,
    {{ trunc_second("activities.created_at") }} as created_at,
    activities.user_id
from {{ latest_rows(source("raw_pipedrive", "activities"), "activity_id") }} as activities
left join {{ ref("stg_pipedrive__deal_keys") }} as keys on activities.deal_id = keys.source_id
left join (
    select
        activity_id,
        min(outcome) as outcome
    from {{ latest_rows(source("raw_pipedrive", "call_logs"), "call_log_id") }} as last_calls
    group by activity_id
) as calls on activities.activity_id = calls.activity_id
where not coalesce(activities.is_deleted, false)
