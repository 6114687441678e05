-- Reason labels of a source system.
select
    source_system,
    lower(trim(label)) as label,
    reason_code
from {{ current_agreement(source("raw_agreement", "reason_labels")) }} as reason_labels
