-- Which passage a movement belongs to: the deal that names its order; else the company's latest passage won by then;
-- else none, and the movement stays in the `unattributed` bucket. A return follows the item it returns.
with orders as (
    select o.erp_order, b.handoff_id,
        row_number() over (
            partition by o.erp_order
            order by case when o.is_copy then 1 else 0 end, o.created_at, o.source_id
        ) as place
    from {{ ref('int_opportunities') }} as o
    inner join {{ ref('int_opportunity_handoffs') }} as b on o.opportunity_id = b.opportunity_id
    where o.erp_order is not null
),

company_wins as (
    select
        i.movement_id, h.handoff_id,
        row_number() over (
            partition by i.movement_id order by h.won_at desc nulls last, h.won_date desc nulls last, h.handoff_id
        ) as place
    from {{ ref('int_revenue_items') }} as i
    inner join {{ ref('int_handoffs') }} as h on i.company_id = h.company_id and h.won_date <= i.occurred_on
    where i.origin_movement_id is null
),

matched as (
    select
        i.movement_id,
        coalesce(d.handoff_id, w.handoff_id) as handoff_id,
        case when d.handoff_id is not null then 'order_on_deal' when w.handoff_id is not null then 'company_won_before'
            else 'none' end as match_rule
    from {{ ref('int_revenue_items') }} as i
    left join orders as d on i.order_ref = d.erp_order and d.place = 1
    left join company_wins as w on i.movement_id = w.movement_id and w.place = 1
    where i.origin_movement_id is null
)

select movement_id, handoff_id, match_rule from matched
union all
select i.movement_id, m.handoff_id, m.match_rule
from {{ ref('int_revenue_items') }} as i
inner join matched as m on i.origin_movement_id = m.movement_id
