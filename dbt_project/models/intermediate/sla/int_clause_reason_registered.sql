-- Whether who gave a lead back, or lost it, said why, in a way that the agreement understands.
select
    i.verdict_id,
    i.started_at as due_at,
    case when h.rejection_reason is not null then i.started_at end as met_at,
    'reason' as basis,
    case
        when h.rejection_reason is not null then 'met'
        when nullif(trim(o.reason_label), '') is not null then 'not_judgeable/unmapped_reason'
        else 'breached'
    end as judgement,
    'reason:' || h.rejection_reason as evidence
from {{ ref('int_clause_index') }} as i
inner join {{ ref('int_handoffs') }} as h on i.handoff_id = h.handoff_id
left join {{ ref('int_opportunities') }} as o on h.closing_opportunity_id = o.opportunity_id
where i.clause_kind = 'reason_registered'
