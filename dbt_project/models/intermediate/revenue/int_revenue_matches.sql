-- Which passage a movement belongs to. One candidate is a match; several are `ambiguous`, and none of them is guessed; a
-- movement without one stays in the `unattributed` bucket.
with candidates as (
    select
        movement_id, count(*) as candidates, min(handoff_id) as handoff_id, min(match_rule) as match_rule
    from {{ ref('int_revenue_candidates') }}
    group by movement_id
)

select
    i.movement_id,
    case when c.candidates = 1 then c.handoff_id end as handoff_id,
    case when c.candidates = 1 then c.match_rule when c.candidates > 1 then 'ambiguous' else 'none' end as match_rule,
    case when c.candidates = 1 then {{ match_confidence('c.match_rule') }} else cast(0 as decimal(18, 2)) end
        as match_confidence,
    cast(coalesce(c.candidates, 0) as bigint) as match_candidates
from {{ ref('int_revenue_items') }} as i
left join candidates as c on i.movement_id = c.movement_id
