-- One row per owner, deactivated ones too.
select
    owner_id as user_id,
    name,
    email,
    active,
    team_name
from {{ latest_rows(source("raw_hubspot", "owners"), "owner_id") }} as owners
