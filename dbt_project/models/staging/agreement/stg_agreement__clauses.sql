-- The clauses of each version, of all kinds. A load made before clauses had a temperature of their own says it in
-- applies_to, and is about hand-overs alone.
select
    agreement_version,
    clause_id,
    clause_kind,
    area,
    title_pt,
    title_en,
    coalesce(subject_type, 'handoff') as subject_type,
    applies_to,
    coalesce(temperature, case when applies_to in ('hot', 'other') then applies_to end) as temperature,
    starts_at,
    coalesce(earlier_contact, starts_at in ('accepted_at', 'sql_at')) as earlier_contact,
    stops_at,
    clock,
    limit_seconds,
    spacing_seconds,
    spacing_clock,
    coalesce(pause_owner_absent, false) as pause_owner_absent,
    attempt_instant,
    fallback,
    measure,
    minimum
from {{ current_agreement(source("raw_agreement", "clauses")) }} as clauses
