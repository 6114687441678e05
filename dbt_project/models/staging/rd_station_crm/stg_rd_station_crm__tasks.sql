-- One row per task. `done_at` is when the seller says it was done, `created_at` when it was written down.
select
    task_id,
    deal_id,
    type,
    coalesce(done, false) as is_done,
    'unknown' as outcome,
    {{ trunc_second("done_at") }} as done_at,
    {{ trunc_second("due_at") }} as due_at,
    {{ trunc_second("created_at") }} as created_at,
    user_id
from {{ latest_rows(source("raw_rd_station_crm", "tasks"), "task_id") }} as tasks
