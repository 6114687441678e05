{{ config(materialized='ephemeral') }}
-- Which rule takes each hand-over, and the slot of the rule's wheel whose turn it was. Hand-overs turn the wheel in their
-- order, each once. Where Bastão assigns, those that came without an owner turn a wheel of their own: so those are shared
-- out fairly, whatever people do with the others; and no assignment of ours changes the turn of a later one.
with handoffs as (
    select
        h.handoff_id, h.person_id, h.company_id, h.agreement_version, h.mql_at, h.channel, h.assigned_at, v.mode,
        {{ add_seconds('h.mql_at', 'v.grace_seconds') }} as acts_at,
        upper(coalesce(nullif(trim(p.state), ''), c.state)) as state,
        h.status = 'open' and h.seller_id is null as is_waiting
    from {{ ref('int_handoffs') }} as h
    inner join (
        select distinct agreement_version, mode, grace_seconds from {{ ref('stg_agreement__routing_rules') }}
    ) as v on h.agreement_version = v.agreement_version
    left join {{ ref('int_people') }} as p on h.person_id = p.person_id
    left join {{ ref('int_companies') }} as c on h.company_id = c.company_id
    where h.mql_at is not null
),

-- The portfolio: who owns the last earlier deal of the company, or of the person.
earlier_deals as (
    select h.handoff_id, o.opportunity_id, o.seller_id, o.created_at
    from handoffs as h
    inner join {{ ref('int_opportunities') }} as o on h.company_id = o.company_id and o.created_at < h.mql_at
    where o.seller_id is not null and not coalesce(o.is_copy, false)
    union all
    select h.handoff_id, o.opportunity_id, o.seller_id, o.created_at
    from handoffs as h
    inner join {{ ref('int_opportunities') }} as o on h.person_id = o.person_id and o.created_at < h.mql_at
    where o.seller_id is not null and not coalesce(o.is_copy, false)
),

keepers as (
    select d.handoff_id, i.email
    from (
        select
            *,
            row_number() over (
                partition by handoff_id order by created_at desc nulls last, opportunity_id desc nulls last
            ) as place
        from earlier_deals
    ) as d
    inner join {{ ref('int_seller_identities') }} as i on d.seller_id = i.seller_id
    where d.place = 1
),

met as (
    select h.handoff_id, r.rule_no, r.condition
    from handoffs as h
    inner join {{ ref('stg_agreement__routing_rules') }} as r
        on h.agreement_version = r.agreement_version
        and r.value = case r.condition when 'state' then h.state when 'channel' then h.channel end
    union
    select h.handoff_id, r.rule_no, r.condition
    from handoffs as h
    inner join {{ ref('stg_agreement__routing_rules') }} as r
        on h.agreement_version = r.agreement_version and r.condition = 'form'
    inner join {{ ref('int_conversions') }} as c
        on h.person_id = c.person_id and r.value = c.event_identifier and c.occurred_at <= h.mql_at
    where not c.is_return
    union
    select h.handoff_id, r.rule_no, r.condition
    from handoffs as h
    inner join keepers as k on h.handoff_id = k.handoff_id
    inner join {{ ref('stg_agreement__routing_rules') }} as r
        on h.agreement_version = r.agreement_version and r.condition = 'portfolio'
    inner join {{ ref('stg_agreement__routing_slots') }} as s
        on r.agreement_version = s.agreement_version and r.rule_no = s.rule_no and k.email = s.seller_email
),

fitting as (
    select h.handoff_id, min(r.rule_no) as rule_no
    from handoffs as h
    inner join (
        select agreement_version, rule_no, count(distinct condition) as conditions
        from {{ ref('stg_agreement__routing_rules') }}
        group by agreement_version, rule_no
    ) as r on h.agreement_version = r.agreement_version
    left join (
        select handoff_id, rule_no, count(*) as conditions from met group by handoff_id, rule_no
    ) as m on h.handoff_id = m.handoff_id and r.rule_no = m.rule_no
    where r.conditions = coalesce(m.conditions, 0)
    group by h.handoff_id
),

-- Who is present is asked when it is decided: now for a lead that waits, then for one that people gave to somebody.
decided as (
    select
        h.*,
        coalesce(f.rule_no, 0) as rule_no,
        m.handoff_id is not null as by_portfolio,
        h.mode = 'assign' and (h.assigned_at is null or h.assigned_at > h.acts_at) as came_without_owner,
        case
            when h.is_waiting then {{ as_of() }}
            when h.mode = 'assign' and h.assigned_at > h.acts_at then h.assigned_at
            else h.mql_at
        end as decided_at
    from handoffs as h
    left join fitting as f on h.handoff_id = f.handoff_id
    left join met as m on f.handoff_id = m.handoff_id and f.rule_no = m.rule_no and m.condition = 'portfolio'
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
    case when t.by_portfolio then k.email end as keeper_email
from turns as t
left join keepers as k on t.handoff_id = k.handoff_id
