-- Response clocks, one row per version and clause.
select
    agreement_version,
    clause_id,
    clause_kind,
    area,
    title_pt,
    title_en,
    applies_to,
    starts_at,
    stops_at,
    clock,
    limit_seconds,
    attempt_instant,
    fallback
from {{ current_agreement(source("raw_agreement", "clauses")) }} as clauses
