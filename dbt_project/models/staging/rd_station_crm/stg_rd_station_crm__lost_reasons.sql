-- One row per reason for loss.
select
    reason_id,
    name
from {{ latest_rows(source("raw_rd_station_crm", "lost_reasons"), "reason_id") }} as lost_reasons
