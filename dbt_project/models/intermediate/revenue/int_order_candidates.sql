-- Which hand-overs an order could belong to, by each rule that says something (docs/revenue.md): a deal that names the
-- order, with or without its branch; the proposal that became the order; the same company, nearly the same value, shortly
-- after the win. The last two look only at orders that no deal names and at won deals that name none.
with deals as (
    select
        o.opportunity_id, o.erp_order, o.company_id, b.handoff_id,
        case when o.outcome = 'won' and not o.is_copy and o.erp_order is null then o.closed_date end as won_on,
        o.amount - coalesce(o.amount_recurring, 0) as once
    from {{ ref('int_opportunities') }} as o
    left join {{ ref('int_opportunity_handoffs') }} as b on o.opportunity_id = b.opportunity_id
),

named as (
    select i.company_group, i.order_ref, d.handoff_id, 'order_on_deal' as match_rule
    from (
        select distinct company_group, order_ref from {{ ref('int_revenue_items') }} where order_ref is not null
        union
        select company_group, order_ref from {{ ref('int_revenue_orders') }}
    ) as i
    inner join deals as d on i.order_ref = d.erp_order
    union all
    select o.company_group, o.order_ref, d.handoff_id, 'order_number_on_deal'
    from {{ ref('int_revenue_orders') }} as o
    inner join deals as d on o.order_number = d.erp_order and o.company_id = d.company_id
),

free_orders as (
    select
        o.*,
        count(*) over (
            partition by o.company_group, o.branch_id, o.customer_code, o.customer_store, o.ordered_on
        ) as rivals
    from {{ ref('int_revenue_orders') }} as o
    left join (select distinct company_group, order_ref from named) as n
        on o.company_group = n.company_group and o.order_ref = n.order_ref
    where n.order_ref is null and o.company_id is not null
),

proposals as (
    select
        company_group, ady_filial, ady_codigo, coalesce(ady_loja, '') as ady_loja, ady_dtpdv,
        max(ady_dtapro) as approved_on
    from {{ ref('stg_protheus__ady') }}
    where proposal_status in ('order_generated', 'invoiced') and account_kind = 'customer'
    group by company_group, ady_filial, ady_codigo, coalesce(ady_loja, ''), ady_dtpdv
    having count(*) = 1
),

valued as (
    select
        o.company_group, o.order_ref, d.handoff_id,
        count(*) over (partition by d.opportunity_id) as orders_of_deal
    from free_orders as o
    inner join deals as d
        on o.company_id = d.company_id
        and d.won_on <= o.ordered_on
        and o.ordered_on <= {{ add_days('d.won_on', var('revenue_match_days')) }}
        and d.once > 0
        and abs(o.amount - d.once) * 10000 <= d.once * {{ var('revenue_match_tolerance_bp') }}
    where d.handoff_id is not null
),

found as (
    select company_group, order_ref, handoff_id, match_rule from named where handoff_id is not null
    union
    select o.company_group, o.order_ref, d.handoff_id, 'proposal'
    from free_orders as o
    inner join proposals as p
        on o.company_group = p.company_group and o.branch_id = p.ady_filial and o.customer_code = p.ady_codigo
        and coalesce(o.customer_store, '') = p.ady_loja and o.ordered_on = p.ady_dtpdv
    inner join deals as d on o.company_id = d.company_id and p.approved_on = d.won_on
    where o.rivals = 1 and d.handoff_id is not null
    union
    select company_group, order_ref, handoff_id, 'company_value_date' from valued where orders_of_deal = 1
)

select company_group, order_ref, handoff_id, match_rule
from (
    select
        *,
        rank() over (partition by company_group, order_ref order by {{ match_place('match_rule') }}) as place
    from found
) as ranked
where place = 1
