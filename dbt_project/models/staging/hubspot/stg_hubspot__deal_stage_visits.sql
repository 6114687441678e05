-- Stays in stages that began by as_of: those of the lead until its deal was made, then those of the deal. HubSpot keeps only
-- the last values of a property: a stay that was read once stays known. A stay that ends later has not ended.
with visits as (
    select *
    from {{ latest_rows(source("raw_hubspot", "stage_visits"), "visit_id") }} as last_rows
    where start_at <= {{ as_of() }}
)

select
    records.deal_id,
    visits.visit_id,
    visits.stage_id,
    {{ trunc_second("visits.start_at") }} as start_at,
    {{ happened("coalesce(visits.end_at, records.converted_at)") }} as end_at
from visits
inner join {{ ref("stg_hubspot__records") }} as records
    on visits.record_kind = 'lead' and visits.record_id = records.hubspot_lead_id
where
    records.converted_at is null
    or visits.start_at < records.converted_at

union all

select
    records.deal_id,
    visits.visit_id,
    visits.stage_id,
    {{ trunc_second("visits.start_at") }} as start_at,
    {{ happened("visits.end_at") }} as end_at
from visits
inner join {{ ref("stg_hubspot__records") }} as records
    on visits.record_kind = 'deal' and visits.record_id = records.hubspot_deal_id
