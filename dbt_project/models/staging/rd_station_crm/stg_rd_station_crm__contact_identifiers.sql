-- The identifiers of each CRM contact's last fetch. `value` is null when it was refused.
select
    contact_id,
    kind,
    value,
    reject_reason,
    position
from {{ latest_sets(source("raw_rd_station_crm", "contact_identifiers"), "contact_id", "kind, position, value", source("raw_rd_station_crm", "contacts")) }} as identifiers

union all

{{ listed_identifiers(source("raw_files", "crm_identifiers"), ref("stg_files__crm_contacts"), "contact_id") }}
