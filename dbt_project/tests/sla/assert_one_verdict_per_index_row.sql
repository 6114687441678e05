-- The index states which verdicts must exist (anchor A.6: the denominator). A row of it without exactly one verdict in
-- the mart, or a verdict without an index row, is a failure: nothing that could not be judged may disappear.
select coalesce(i.verdict_id, v.verdict_id) as verdict_id, count(v.verdict_id) as verdicts
from {{ ref('int_clause_index') }} as i
full outer join {{ ref('fct_sla_verdicts') }} as v on i.verdict_id = v.verdict_id
group by coalesce(i.verdict_id, v.verdict_id)
having count(v.verdict_id) <> 1 or count(i.verdict_id) <> 1
