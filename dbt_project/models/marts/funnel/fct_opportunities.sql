-- One row per deal. A null handoff_id means "sold outside the funnel": the deal never was an MQL. Passages of other
-- contacts of the deal are in the bridge.
select
    o.opportunity_id, b.handoff_id, o.source_system, o.source_id, o.person_id, o.company_id, o.seller_id,
    o.stage, o.funnel_stage, o.amount, o.currency, o.amount_recurring,
    o.created_at, o.closed_at, o.closed_date, o.outcome, o.reason_code, o.reason_label, o.rating,
    o.is_copy, o.parent_opportunity_id, o.erp_order, o.from_marketing
from {{ ref('int_opportunities') }} as o
left join {{ ref('int_opportunity_handoffs') }} as b on o.opportunity_id = b.opportunity_id
