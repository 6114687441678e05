-- Every observation of a contact's funnel (RD Station keeps no stage history: this is the history that exists).
select
    contact_uuid,
    lifecycle_stage,
    opportunity,
    contact_owner_email,
    fit,
    interest,
    {{ trunc_second("observed_at") }} as observed_at,
    load_seq,
    row_seq
from {{ latest_rows(source("raw_rd_station", "funnels"), "contact_uuid, date_trunc('second', raw_rows.observed_at)") }} as funnels
where observed_at <= {{ as_of() }}

union all

select
    contact_uuid,
    lifecycle_stage,
    cast(null as boolean) as opportunity,
    contact_owner_email,
    cast(null as bigint) as fit,
    interest,
    observed_at,
    load_seq,
    row_seq
from {{ ref("stg_files__rd_station_contacts") }}
where lifecycle_stage is not null and observed_at <= {{ as_of() }}
