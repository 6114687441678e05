-- One row per CRM user.
select
    user_id,
    name,
    email,
    active,
    team_name
from {{ latest_rows(source("raw_pipedrive", "users"), "user_id") }} as users
