-- One row per subject and clause. Each clause kind brings rows of this shape; the first version has response clocks.
select
    verdict_id, clause_id, clause_title_pt, clause_title_en, clause_kind, area, agreement_version, agreement_hash,
    'handoff' as subject_type,
    handoff_id as subject_id,
    seller_id, clock, limit_seconds, not_before, started_at,
    coalesce({{ local_date('started_at') }}, mql_date) as started_date,
    due_at, met_at, elapsed_seconds, business_seconds, basis, verdict, reason, evidence
from {{ ref('int_response_verdicts') }}
