-- When a rejected or lost passage went back into nurture: the first return conversion of the person at or after its
-- closing and before the person's next passage, seen through ingestion; or the enrolment into a flow, which RD Station
-- answers with whom it added and shows nowhere else.
with passages as (
    select
        h.handoff_id, h.person_id, h.status, h.closing_opportunity_id,
        coalesce(o.closed_at, h.closed_at) as closed_at,
        lead(h.mql_at) over (partition by h.person_id order by h.passage_no) as next_mql_at
    from {{ ref('int_handoffs') }} as h
    left join {{ ref('int_opportunities') }} as o on h.closing_opportunity_id = o.opportunity_id
),

proofs as (
    select p.handoff_id, c.occurred_at as returned_at
    from passages as p
    inner join {{ ref('int_conversions') }} as c
        on p.person_id = c.person_id
        and c.occurred_at >= p.closed_at
        and (p.next_mql_at is null or c.occurred_at < p.next_mql_at)
    where c.is_return and p.status in ('rejected', 'lost')
    union all
    select p.handoff_id, d.delivered_at
    from passages as p
    inner join {{ ref('stg_deliveries__outbox') }} as d on p.closing_opportunity_id = d.subject_id
    where d.sync = 'flow_enrolment' and d.state in ('accepted', 'confirmed') and p.status in ('rejected', 'lost')
)

select handoff_id, min(returned_at) as returned_at
from proofs
group by handoff_id
