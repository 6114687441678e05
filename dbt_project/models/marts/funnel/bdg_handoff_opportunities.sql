-- Which deals a passage has, and which passages share a deal (contacts of one deal, copies of a deal). Each passage has
-- one primary deal: the one whose owner, company and stages it takes.
select
    b.handoff_id, b.opportunity_id,
    coalesce(b.opportunity_id = h.primary_opportunity_id, false) as is_primary
from {{ ref('int_handoff_opportunities') }} as b
inner join {{ ref('int_handoffs') }} as h on b.handoff_id = h.handoff_id
