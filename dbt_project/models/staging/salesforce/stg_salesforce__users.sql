-- One row per user; queues own records and are nobody.
select
    user_id,
    name,
    email,
    active,
    team_name
from {{ latest_rows(source("raw_salesforce", "users"), "user_id") }} as users
where not coalesce(is_queue, false)
