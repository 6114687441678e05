-- Targets of metrics, per version.
select
    agreement_version,
    metric,
    target,
    direction,
    unit
from {{ current_agreement(source("raw_agreement", "targets")) }} as targets
