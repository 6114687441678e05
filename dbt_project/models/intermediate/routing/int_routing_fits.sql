-- The first routing rule that fits each hand-over: every condition of it is met. Without such a rule there is no row.
with met as (
    select h.handoff_id, r.rule_no, r.condition
    from {{ ref('int_routing_handoffs') }} as h
    inner join {{ ref('stg_agreement__routing_rules') }} as r
        on h.agreement_version = r.agreement_version
        and r.value = case r.condition when 'state' then h.state when 'channel' then h.channel end
    union
    select h.handoff_id, r.rule_no, r.condition
    from {{ ref('int_routing_handoffs') }} as h
    inner join {{ ref('stg_agreement__routing_rules') }} as r
        on h.agreement_version = r.agreement_version and r.condition = 'form'
    inner join {{ ref('int_conversions') }} as c
        on h.person_id = c.person_id and r.value = c.event_identifier and c.occurred_at <= h.mql_at
    where not c.is_return
    union
    select h.handoff_id, r.rule_no, r.condition
    from {{ ref('int_routing_handoffs') }} as h
    inner join {{ ref('stg_agreement__routing_rules') }} as r
        on h.agreement_version = r.agreement_version and r.condition = 'portfolio'
    inner join {{ ref('stg_agreement__routing_slots') }} as s
        on r.agreement_version = s.agreement_version and r.rule_no = s.rule_no and h.keeper_email = s.seller_email
),

fitting as (
    select h.handoff_id, min(r.rule_no) as rule_no
    from {{ ref('int_routing_handoffs') }} as h
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
)

select
    f.handoff_id,
    f.rule_no,
    m.handoff_id is not null as by_portfolio
from fitting as f
left join met as m on f.handoff_id = m.handoff_id and f.rule_no = m.rule_no and m.condition = 'portfolio'
