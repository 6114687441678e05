-- Whom each hand-over may be given to by its rule, in the order in which they are asked: the keeper of the portfolio, the slot
-- whose turn it is, the next on the wheel. Slots after the first are asked only where somebody may be full.
select
    t.handoff_id, t.is_waiting, t.mql_at, t.decided_at, s.seller_email, s.capacity,
    row_number() over (
        partition by t.handoff_id
        order by
            min(case when s.seller_email = t.keeper_email then -1 else mod(s.slot_no - t.slot_no + s.slots, s.slots) end) asc,
            s.seller_email asc
    ) as place,
    max(case when s.seller_email = t.keeper_email then 1 else 0 end) = 1 as is_keeper
from {{ ref('int_routing_turns') }} as t
inner join {{ ref('stg_agreement__routing_slots') }} as s
    on t.agreement_version = s.agreement_version
    and t.rule_no = s.rule_no
    and t.decided_at >= s.from_at
    and t.decided_at < s.until_at
    and (s.is_limited or s.slot_no = t.slot_no or s.seller_email = t.keeper_email)
group by t.handoff_id, t.is_waiting, t.mql_at, t.decided_at, s.seller_email, s.capacity
