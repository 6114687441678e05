-- One row per CRM contact, and the contacts of exported lists that the API has not read yet.
{{ crm_contacts(source("raw_rd_station_crm", "contacts"), listed=source("raw_files", "crm_contacts")) }}

union all

select
    contact_id,
    name,
    job_title,
    {{ no_text() }} as organization_id,
    integration_id,
    created_at,
    updated_at,
    false as is_deleted,
    first_load_seq
from {{ ref("stg_files__crm_contacts") }}
