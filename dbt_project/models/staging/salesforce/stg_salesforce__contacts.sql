-- One row per person: Contacts, and the persons of leads that were not converted (the Contact stands for them then).
-- Attributes of the last live look, deletion (a merge, too) from the last one.
with live as (
    select *
    from {{ latest_rows("(select * from " ~ source("raw_salesforce", "contacts") ~ " where not coalesce(is_deleted, false))", "contact_id") }} as live_rows
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
from {{ latest_rows(source("raw_salesforce", "contacts"), "contact_id") }} as last_rows
left join live on last_rows.contact_id = live.contact_id
where last_rows.converted_to is null
