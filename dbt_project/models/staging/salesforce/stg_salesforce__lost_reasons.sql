-- One row per reason for loss: the values of the picklists that the company named.
select
    reason_id,
    name
from {{ latest_rows(source("raw_salesforce", "lost_reasons"), "reason_id") }} as lost_reasons
