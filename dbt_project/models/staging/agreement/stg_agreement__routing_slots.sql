-- The wheel of each routing rule, slot by slot, for each stretch [from_at, until_at) with the same sellers present.
-- Rule 0 is the fallback.
select
    agreement_version,
    rule_no,
    coalesce(from_at, cast('0001-01-01 00:00:00' as timestamp)) as from_at,
    coalesce(until_at, {{ forever() }}) as until_at,
    roster,
    slots,
    slot_no,
    lower(trim(seller_email)) as seller_email,
    capacity,
    is_limited
from {{ current_agreement(source("raw_agreement", "routing_slots")) }} as routing_slots
