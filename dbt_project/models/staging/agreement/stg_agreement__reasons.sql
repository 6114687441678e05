-- Reasons for giving a lead back and what follows each, per version.
select
    agreement_version,
    reason_code,
    title_pt,
    title_en,
    next_step,
    return_identifier,
    flow_id
from {{ current_agreement(source("raw_agreement", "reasons")) }} as reasons
