-- One row per movement of the ERP or of a file. Revenue is the sum of signed_amount where is_revenue; payments are not
-- revenue; rows without a passage are the `unattributed` bucket.
select
    i.movement_id, i.company_id, m.handoff_id, i.source_system, i.company_group, i.branch_id, i.document, i.kind,
    i.amount, i.signed_amount, i.principal_amount, i.is_revenue, i.currency, i.occurred_on,
    m.match_rule, m.match_confidence, m.match_candidates, i.is_sample
from {{ ref('int_revenue_items') }} as i
inner join {{ ref('int_revenue_matches') }} as m on i.movement_id = m.movement_id
