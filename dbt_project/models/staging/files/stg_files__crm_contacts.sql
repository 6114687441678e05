{{ config(materialized="table") }}
-- CRM contacts of exported lists that the API has not read: by id; a list without ids gives way to whoever has the e-mail.
with lists as (
    select lists.*
    from {{ latest_list(source("raw_files", "crm_contacts"), "contact_id", since=true) }} as lists
    left join (
        select distinct contact_id
        from {{ source("raw_rd_station_crm", "contacts") }}
        where load_seq <= {{ known_at() }} and contact_id in (select contact_id from {{ source("raw_files", "crm_contacts") }})
    ) as read_by_api on lists.contact_id = read_by_api.contact_id
    where read_by_api.contact_id is null
),

emails as (
    select contact_id, value
    from {{ source("raw_files", "crm_identifiers") }}
    where kind = 'email' and value is not null and load_seq <= {{ known_at() }}
    group by contact_id, value
),

taken as (
    select value
    from {{ source("raw_rd_station_crm", "contact_identifiers") }}
    where kind = 'email' and value in (select value from emails) and load_seq <= {{ known_at() }}
    union
    select emails.value
    from emails
    inner join lists on emails.contact_id = lists.contact_id
    where not lists.is_alias
),

gone as (
    select lists.contact_id
    from lists
    inner join emails on lists.contact_id = emails.contact_id
    inner join taken on emails.value = taken.value
    where lists.is_alias
    group by lists.contact_id
)

select
    lists.contact_id,
    lists.name,
    lists.job_title,
    lists.integration_id,
    {{ trunc_second("lists.created_at") }} as created_at,
    {{ trunc_second("lists.updated_at") }} as updated_at,
    lists.first_load_seq
from lists
left join gone on lists.contact_id = gone.contact_id
where gone.contact_id is null
