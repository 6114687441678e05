-- One row per subject and clause, whatever its kind: the passages, each owner of a passage that changed hands (subject_type
-- ownership, beside the passage's own row), and the months of the commitments.
select
    verdict_id, clause_id, clause_title_pt, clause_title_en, clause_kind, area, agreement_version, agreement_hash,
    subject_type, subject_id,
    case when subject_type = 'month' then month
        else upper(substr(handoff_id, 1, 6)) || coalesce(':' || {{ as_text('owner_no') }}, '') end as subject_label,
    handoff_id, owner_no, month, seller_id, clock, limit_seconds, not_before, started_at,
    coalesce({{ local_date('started_at') }}, mql_date) as started_date,
    due_at, met_at, elapsed_seconds, business_seconds, basis, verdict, reason, evidence,
    unwaived_verdict, unwaived_reason, waiver_id
from {{ ref('int_clause_verdicts') }}
