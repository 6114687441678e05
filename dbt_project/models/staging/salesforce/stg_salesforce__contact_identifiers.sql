-- The identifiers of each person's last look. `value` is null when it was refused.
select
    identifiers.contact_id,
    identifiers.kind,
    identifiers.value,
    identifiers.reject_reason,
    identifiers.position
from {{ latest_sets(source("raw_salesforce", "contact_identifiers"), "contact_id", "kind, position, value", source("raw_salesforce", "contacts")) }} as identifiers
inner join {{ ref("stg_salesforce__contacts") }} as contacts on identifiers.contact_id = contacts.contact_id
