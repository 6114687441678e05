-- Realised revenue of a passage. Null, not zero, where no movement is matched: not known is not nothing.
select
    m.handoff_id,
    min(case when i.kind = 'invoice' then i.occurred_on end) as first_invoice_on,
    cast(sum(case when i.is_revenue then i.signed_amount end) as decimal(18, 2)) as invoiced_amount
from {{ ref('int_revenue_matches') }} as m
inner join {{ ref('int_revenue_items') }} as i on m.movement_id = i.movement_id
where m.handoff_id is not null
group by m.handoff_id
