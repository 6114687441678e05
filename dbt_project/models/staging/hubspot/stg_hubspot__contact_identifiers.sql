-- The identifiers of each contact's last fetch. `value` is null when it was refused.
select
    contact_id,
    kind,
    value,
    reject_reason,
    position
from {{ latest_sets(source("raw_hubspot", "contact_identifiers"), "contact_id", "kind, position, value", source("raw_hubspot", "contacts")) }} as identifiers
