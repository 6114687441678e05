-- Which rule takes each hand-over, and the slot of the rule's wheel whose turn it was. Hand-overs turn the wheel in their
-- order, each once. Where Bastão assigns, those that came without an owner turn a wheel of their own: so those are shared
-- out fairly, whatever people do with the others; and no assignment of ours changes the turn of a later one.
-- Who is present is asked when it is decided: now for a lead that waits, then for one that people gave to somebody.
with decided as (
    select
        h.*,
        coalesce(f.rule_no, 0) as rule_no,
        coalesce(f.by_portfolio, false) as by_portfolio,
        h.mode = 'assign' and (h.assigned_at is null or h.assigned_at > h.acts_at) as came_without_owner,
        case
            when h.is_waiting then {{ as_of() }}
            when h.mode = 'assign' and h.assigned_at > h.acts_at then h.assigned_at
            else h.mql_at
        end as decided_at
    from {{ ref('int_routing_handoffs') }} as h
    left join {{ ref('int_routing_fits') }} as f on h.handoff_id = f.handoff_id
),

turns as (
    select
        d.*,
        s.roster,
        s.slots,
        row_number() over (
            partition by d.agreement_version, d.rule_no, s.roster, d.came_without_owner order by d.mql_at asc, d.handoff_id asc
        ) - 1 as turn
    from decided as d
    left join {{ ref('stg_agreement__routing_slots') }} as s
        on d.agreement_version = s.agreement_version
        and d.rule_no = s.rule_no
        and s.slot_no = 0
        and d.decided_at >= s.from_at
        and d.decided_at < s.until_at
)

select
    t.handoff_id, t.agreement_version, t.mode, t.mql_at, t.acts_at, t.is_waiting, t.came_without_owner, t.decided_at,
    t.rule_no, t.roster,
    mod(t.turn, t.slots) as slot_no,
    case when t.by_portfolio then t.keeper_email end as keeper_email
from turns as t
