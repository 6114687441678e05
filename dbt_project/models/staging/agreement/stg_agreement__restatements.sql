-- Versions whose text was changed after the fact: by whom, when and why.
select
    agreement_version,
    old_hash,
    new_hash,
    reason,
    restated_by,
    {{ trunc_second("restated_at") }} as restated_at
from {{ current_agreement(source("raw_agreement", "restatements")) }} as restatements
