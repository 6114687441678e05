-- The hand-overs that an ambiguous movement could belong to: for a person to look at, never counted.
select
    {{ hash_id("c.movement_id || '|' || c.handoff_id") }} as candidate_id,
    c.movement_id, c.handoff_id, c.match_rule, {{ match_confidence('c.match_rule') }} as match_confidence
from {{ ref('int_revenue_candidates') }} as c
inner join {{ ref('int_revenue_matches') }} as m on c.movement_id = m.movement_id
where m.match_rule = 'ambiguous'
