-- Records that somebody declared to be one person; `merge_group` names the group by its smallest record.
select
    node,
    merge_group,
    reason,
    decided_by,
    decided_on
from {{ current_agreement(source("raw_agreement", "identity_merges")) }} as merges
