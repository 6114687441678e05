-- One row per Task or Event that was once seen undeleted. The deal is the opportunity's (WhatId), else the lead's (WhoId).
-- An Event is done from its start on; Salesforce has no field for a meeting that was not held.
select
    tasks.task_id,
    coalesce(by_opportunity.deal_id, by_lead.deal_id) as deal_id,
    tasks.type,
    coalesce(tasks.done, false) and tasks.done_at <= {{ as_of() }} as is_done,
    tasks.outcome,
    {{ trunc_second("tasks.done_at") }} as done_at,
    {{ trunc_second("tasks.due_at") }} as due_at,
    {{ trunc_second("tasks.created_at") }} as created_at,
    {{ salesforce_user("tasks.user_id") }} as user_id
from {{ latest_rows("(select * from " ~ source("raw_salesforce", "tasks") ~ " where not coalesce(is_deleted, false))", "task_id") }} as tasks
left join {{ ref("stg_salesforce__deal_keys") }} as by_opportunity on tasks.what_id = by_opportunity.record_id
left join {{ ref("stg_salesforce__deal_keys") }} as by_lead on tasks.who_id = by_lead.record_id
