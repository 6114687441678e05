-- What the data can decide of the MQL criteria: one row per rule, or per value of a rule that lists values.
select
    agreement_version,
    criterion_no,
    rule,
    minimum,
    value
from {{ current_agreement(source("raw_agreement", "mql_criteria")) }} as mql_criteria
