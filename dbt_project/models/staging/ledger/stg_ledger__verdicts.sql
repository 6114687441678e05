-- The published judgements of each verdict in the order in which they became known; the ledger numbers its rows.
select
    verdict_id,
    clause_id,
    subject_type,
    subject_id,
    agreement_version,
    agreement_hash,
    verdict,
    reason,
    due_at,
    met_at,
    elapsed_seconds,
    business_seconds,
    known_at,
    row_number() over (
        partition by verdict_id
        order by row_seq asc
    ) as entry_no
from {{ source("raw_ledger", "verdicts") }}
where known_at <= {{ as_of() }} and load_seq <= {{ known_at() }}
