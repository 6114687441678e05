-- One row per contact: attributes of its last live fetch, deletion from its last row.
with live as (
    select *
    from {{ latest_rows("(select * from " ~ source("raw_hubspot", "contacts") ~ " where not coalesce(is_deleted, false))", "contact_id") }} as live_rows
)

select
    last_rows.contact_id,
    live.name,
    live.job_title,
    live.company_id as organization_id,
    live.integration_id,
    {{ trunc_second("live.created_at") }} as created_at,
    {{ trunc_second("live.updated_at") }} as updated_at,
    coalesce(last_rows.is_deleted, false) as is_deleted
from {{ latest_rows(source("raw_hubspot", "contacts"), "contact_id") }} as last_rows
left join live on last_rows.contact_id = live.contact_id
