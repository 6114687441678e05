-- Records that somebody declared to be different people: within one split, records of two parties are never one person.
select
    split_no,
    node,
    party,
    reason,
    decided_by,
    decided_on
from {{ current_agreement(source("raw_agreement", "identity_splits")) }} as splits
