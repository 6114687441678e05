-- From which value on a warning sign shows, per version.
select
    agreement_version,
    sign,
    threshold
from {{ current_agreement(source("raw_agreement", "warning_thresholds")) }} as warning_thresholds
