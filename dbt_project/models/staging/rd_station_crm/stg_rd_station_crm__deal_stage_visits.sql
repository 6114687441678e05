-- Stage visits of each deal's last fetch that began by as_of; a visit that ends later has not ended.
select
    deal_id,
    visit_id,
    stage_id,
    {{ trunc_second("start_at") }} as start_at,
    {{ happened("end_at") }} as end_at
from {{ latest_sets(source("raw_rd_station_crm", "deal_stage_visits"), "deal_id", "visit_id") }} as visits
where start_at <= {{ as_of() }}
