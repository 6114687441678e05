-- The identifiers of each contact's last fetch. `value` is null when it was refused (`reject_reason` says why).
select
    contact_uuid,
    kind,
    value,
    reject_reason,
    position
from {{ latest_sets(source("raw_rd_station", "contact_identifiers"), "contact_uuid", "kind, position, value", source("raw_rd_station", "contacts")) }} as identifiers

union all

{{ listed_identifiers(source("raw_files", "rd_station_identifiers"), ref("stg_files__rd_station_contacts"), "contact_uuid") }}
