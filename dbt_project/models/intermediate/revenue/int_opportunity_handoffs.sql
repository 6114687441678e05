-- The one hand-over a deal belongs to: the passage of its own first contact; a copy's is that of its parent. Passages of
-- other contacts only share its attempts.
with own as (
    select opportunity_id, min(handoff_id) as handoff_id
    from {{ ref('int_handoff_opportunities') }}
    where is_own
    group by opportunity_id
)

select o.opportunity_id, coalesce(parent.handoff_id, own.handoff_id) as handoff_id
from {{ ref('int_opportunities') }} as o
left join own on o.opportunity_id = own.opportunity_id
left join own as parent on o.parent_opportunity_id = parent.opportunity_id and o.is_copy
where own.handoff_id is not null or parent.handoff_id is not null
