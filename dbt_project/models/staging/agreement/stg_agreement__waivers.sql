-- Signed exceptions: what they name must match (null = any): the clause, the hand-over, the seller, the start of the clock.
select
    waiver_id,
    clause_id,
    handoff_id,
    lower(trim(seller_email)) as seller_email,
    from_at,
    until_at,
    reason,
    approved_by,
    approved_on
from {{ current_agreement(source("raw_agreement", "waivers")) }} as waivers
