-- The hand-overs that a movement could belong to, by the strongest rule that says something: what its order says, else the
-- company's latest passage won by then (several when they were won together). A return follows the item it returns.
with of_orders as (
    select i.movement_id, c.handoff_id, c.match_rule
    from {{ ref('int_revenue_items') }} as i
    inner join {{ ref('int_order_candidates') }} as c
        on i.company_group = c.company_group and i.order_ref = c.order_ref
    where i.origin_movement_id is null
),

of_companies as (
    select
        i.movement_id, h.handoff_id,
        rank() over (
            partition by i.movement_id order by h.won_at desc nulls last, h.won_date desc nulls last
        ) as place
    from {{ ref('int_revenue_items') }} as i
    inner join {{ ref('int_handoffs') }} as h on i.company_id = h.company_id and h.won_date <= i.occurred_on
    left join (select distinct movement_id from of_orders) as known on i.movement_id = known.movement_id
    where i.origin_movement_id is null and known.movement_id is null
),

found as (
    select movement_id, handoff_id, match_rule from of_orders
    union all
    select movement_id, handoff_id, 'company_won_before' from of_companies where place = 1
)

select movement_id, handoff_id, match_rule from found
union all
select i.movement_id, f.handoff_id, f.match_rule
from {{ ref('int_revenue_items') }} as i
inner join found as f on i.origin_movement_id = f.movement_id
