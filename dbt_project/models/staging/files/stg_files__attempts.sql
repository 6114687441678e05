-- Attempts of sales in an exported list; later ones than as_of too, so that it shows whether a company records attempts
-- at all. Without an instant of its own an attempt counts as written down when it happened.
select
    attempt_key,
    handoff_key,
    seller_key,
    channel,
    coalesce(outcome, 'unknown') as outcome,
    {{ trunc_second("occurred_at") }} as occurred_at,
    {{ trunc_second("coalesce(logged_at, occurred_at)") }} as logged_at
from {{ latest_rows(source("raw_files", "attempts"), "attempt_key") }} as attempts
