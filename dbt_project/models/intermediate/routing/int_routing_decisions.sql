-- Whom the agreement's rules give each hand-over to: the keeper of the portfolio, else the seller of the slot, else the
-- next on the wheel who is below capacity, else the fallback. One row per hand-over of a version with routing.
with chosen as (
    select
        *,
        row_number() over (partition by seller_email, is_waiting order by mql_at asc, handoff_id asc) as waiting_no
    from (
        select
            c.*, a.open_now,
            row_number() over (partition by c.handoff_id order by c.place asc) as preference
        from {{ ref('int_routing_candidates') }} as c
        left join {{ ref('int_routing_loads') }} as a on c.handoff_id = a.handoff_id and c.seller_email = a.seller_email
        where c.capacity is null or a.open_now + a.promised < c.capacity
    ) as free
    where preference = 1
),

-- Leads that were sent on to a seller others were promised to may be too many for the capacity: those go to the first
-- without limit.
unlimited as (
    select handoff_id, seller_email, row_number() over (partition by handoff_id order by place asc) as preference
    from {{ ref('int_routing_candidates') }}
    where capacity is null
),

settled as (
    select
        t.handoff_id,
        case when c.capacity is null or not c.is_waiting or c.open_now + c.waiting_no <= c.capacity then c.seller_email end as chosen,
        c.place, c.is_keeper,
        u.seller_email as unlimited,
        f.seller_email as fallback
    from {{ ref('int_routing_turns') }} as t
    left join chosen as c on t.handoff_id = c.handoff_id
    left join unlimited as u on t.handoff_id = u.handoff_id and u.preference = 1
    left join {{ ref('stg_agreement__routing_slots') }} as f on t.agreement_version = f.agreement_version and f.rule_no = 0
),

sellers as (
    select
        i.seller_id, i.email,
        case when coalesce(u.active, true) then u.user_id end as user_id,
        row_number() over (
            partition by i.email
            order by case when u.user_id is null then 2 when coalesce(u.active, true) then 0 else 1 end asc, i.seller_id asc
        ) as place
    from {{ ref('int_seller_identities') }} as i
    left join {{ crm("users") }} as u on i.seller_id = {{ seller_id('u.user_id') }}
)

select
    t.handoff_id, t.agreement_version, t.mode, t.mql_at, t.acts_at, t.is_waiting, t.came_without_owner, t.decided_at,
    case when t.rule_no > 0 then t.rule_no end as rule_no,
    case
        when t.rule_no = 0 then 'no_rule'
        when t.roster is null then 'all_absent'
        when s.chosen is not null and s.is_keeper then 'portfolio'
        when s.chosen is not null and s.place = 1 then 'turn'
        when coalesce(s.chosen, s.unlimited) is not null then 'next_in_turn'
        else 'all_full'
    end as why,
    (t.rule_no = 0 or coalesce(s.chosen, s.unlimited) is null) and s.fallback is not null as is_fallback,
    coalesce(s.chosen, s.unlimited, s.fallback) as seller_email,
    p.seller_id,
    p.user_id
from {{ ref('int_routing_turns') }} as t
inner join settled as s on t.handoff_id = s.handoff_id
left join sellers as p on coalesce(s.chosen, s.unlimited, s.fallback) = p.email and p.place = 1
