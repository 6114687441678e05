-- Whom the agreement's rules give each hand-over to: the keeper of the portfolio, else the seller of the slot, else the
-- next on the wheel who is below capacity, else the fallback. One row per hand-over of a version with routing.
with turns as (
    select * from {{ ref('int_routing_turns') }}
),

-- Slots after the first are asked only where somebody may be full.
candidates as (
    select
        t.handoff_id, t.is_waiting, t.mql_at, t.decided_at, s.seller_email, s.capacity,
        row_number() over (
            partition by t.handoff_id
            order by
                min(case when s.seller_email = t.keeper_email then -1 else mod(s.slot_no - t.slot_no + s.slots, s.slots) end) asc,
                s.seller_email asc
        ) as place,
        max(case when s.seller_email = t.keeper_email then 1 else 0 end) = 1 as is_keeper
    from turns as t
    inner join {{ ref('stg_agreement__routing_slots') }} as s
        on t.agreement_version = s.agreement_version
        and t.rule_no = s.rule_no
        and t.decided_at >= s.from_at
        and t.decided_at < s.until_at
        and (s.is_limited or s.slot_no = t.slot_no or s.seller_email = t.keeper_email)
    group by t.handoff_id, t.is_waiting, t.mql_at, t.decided_at, s.seller_email, s.capacity
),

limited as (
    select distinct seller_email from candidates where capacity is not null
),

owned as (
    select
        i.email as seller_email,
        greatest(o.from_at, h.mql_at) as held_from,
        least(coalesce(o.until_at, {{ forever() }}), coalesce(h.closed_at, {{ forever() }})) as held_until
    from {{ ref('int_handoff_owners') }} as o
    inner join {{ ref('int_handoffs') }} as h on o.handoff_id = h.handoff_id
    inner join {{ ref('int_seller_identities') }} as i on o.seller_id = i.seller_id
    inner join limited as l on i.email = l.seller_email
),

-- One time line per limited seller: hand-overs that come and go, and the questions in between. A lead that waits asks
-- at the end, when the earlier ones that wait have been promised.
time_line as (
    select seller_email, held_from as moment, 3 as kind, {{ no_text() }} as handoff_id, cast(null as timestamp) as mql_at, 1 as change, 0 as promise
    from owned
    where held_from < held_until
    union all
    select seller_email, held_until, 1, {{ no_text() }}, cast(null as timestamp), -1, 0
    from owned
    where held_from < held_until and held_until < {{ forever() }}
    union all
    select
        c.seller_email, case when c.is_waiting then {{ forever() }} else c.decided_at end, 2, c.handoff_id, c.mql_at, 0,
        case when c.is_waiting and c.place = 1 then 1 else 0 end
    from candidates as c
    inner join limited as l on c.seller_email = l.seller_email
),

{% set before = "over (partition by seller_email order by moment asc, kind asc, mql_at asc, handoff_id asc rows between unbounded preceding and 1 preceding)" -%}
asked as (
    select
        seller_email, handoff_id,
        coalesce(sum(change) {{ before }}, 0) as open_now,
        coalesce(sum(promise) {{ before }}, 0) as promised
    from time_line
),

chosen as (
    select
        *,
        row_number() over (partition by seller_email, is_waiting order by mql_at asc, handoff_id asc) as waiting_no
    from (
        select
            c.*, a.open_now,
            row_number() over (partition by c.handoff_id order by c.place asc) as preference
        from candidates as c
        left join asked as a on c.handoff_id = a.handoff_id and c.seller_email = a.seller_email
        where c.capacity is null or a.open_now + a.promised < c.capacity
    ) as free
    where preference = 1
),

-- Leads that were sent on to a seller others were promised to may be too many for the capacity: those go to the first
-- without limit.
unlimited as (
    select handoff_id, seller_email, row_number() over (partition by handoff_id order by place asc) as preference
    from candidates
    where capacity is null
),

settled as (
    select
        t.handoff_id,
        case when c.capacity is null or not c.is_waiting or c.open_now + c.waiting_no <= c.capacity then c.seller_email end as chosen,
        c.place, c.is_keeper,
        u.seller_email as unlimited,
        f.seller_email as fallback
    from turns as t
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
from turns as t
inner join settled as s on t.handoff_id = s.handoff_id
left join sellers as p on coalesce(s.chosen, s.unlimited, s.fallback) = p.email and p.place = 1
