-- One row per reason: the options of the properties that name why a lead was disqualified and a deal lost.
select
    reason_id,
    name
from {{ latest_rows(source("raw_hubspot", "lost_reasons"), "reason_id") }} as lost_reasons
