-- Non-personal custom fields of each contact's last fetch.
select
    contact_uuid,
    field,
    value
from {{ latest_sets(source("raw_rd_station", "contact_fields"), "contact_uuid", "field", source("raw_rd_station", "contacts")) }} as fields
