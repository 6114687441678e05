-- One row per CRM contact: attributes of its last live fetch, deletion from its last row; and the contacts of exported lists that
-- the API has not read yet.
with live as (
    select *
    from {{ latest_rows("(select * from " ~ source("raw_rd_station_crm", "contacts") ~ " where not coalesce(is_deleted, false))", "contact_id") }} as live_rows
)

select
    last_rows.contact_id,
    live.name,
    live.job_title,
    live.organization_id,
    live.integration_id,
    {{ trunc_second("coalesce(live.created_at, last_rows.created_at)") }} as created_at,
    {{ trunc_second("coalesce(live.updated_at, last_rows.updated_at)") }} as updated_at,
    coalesce(last_rows.is_deleted, false) as is_deleted
from {{ latest_rows(source("raw_rd_station_crm", "contacts"), "contact_id") }} as last_rows
left join live on last_rows.contact_id = live.contact_id

union all

select
    contact_id,
    name,
    job_title,
    {{ no_text() }} as organization_id,
    integration_id,
    created_at,
    updated_at,
    false as is_deleted
from {{ ref("stg_files__crm_contacts") }}
