{{ config(materialized="ephemeral") }}
-- Records that somebody declared to be different companies: within one split, records of two parties are never one company.
select
    split_no,
    node,
    party
from {{ current_agreement(source("raw_agreement", "company_splits")) }} as splits
