{{ config(materialized="ephemeral") }}
-- Records that somebody declared to be one company; `merge_group` names the group by its smallest record.
select
    node,
    merge_group
from {{ current_agreement(source("raw_agreement", "company_merges")) }} as merges
