-- Rules of the agreement's own score, one row per value of a rule that lists values.
select
    agreement_version,
    rule_id,
    part,
    title_pt,
    title_en,
    kind,
    field,
    value,
    minimum,
    within_days,
    points
from {{ current_agreement(source("raw_agreement", "score_rules")) }} as score_rules
