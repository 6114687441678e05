{{ config(materialized="table") }}
-- Leads of exported lists that the API has not read (yet): what the API says of a contact replaces what a list says, in
-- whichever order they came. They are the same contact by uuid or by e-mail: RD Station keeps one contact per address.
with lists as (
    select lists.*
    from {{ latest_list(source("raw_files", "rd_station_contacts"), "contact_uuid", since=true) }} as lists
    left join (
        select distinct contact_uuid
        from {{ source("raw_rd_station", "contacts") }}
        where load_seq <= {{ known_at() }} and contact_uuid in (select contact_uuid from {{ source("raw_files", "rd_station_contacts") }})
    ) as read_by_api on lists.contact_uuid = read_by_api.contact_uuid
    where read_by_api.contact_uuid is null
),

emails as (
    select contact_uuid, value
    from {{ source("raw_files", "rd_station_identifiers") }}
    where kind = 'email' and value is not null and load_seq <= {{ known_at() }}
    group by contact_uuid, value
),

taken as (
    select value
    from {{ source("raw_rd_station", "contact_identifiers") }}
    where kind = 'email' and value in (select value from emails) and load_seq <= {{ known_at() }}
    group by value
),

-- A list without ids gives way to one with them.
named as (
    select emails.value
    from emails
    inner join lists on emails.contact_uuid = lists.contact_uuid
    where not lists.is_alias
    group by emails.value
),

gone as (
    select lists.contact_uuid
    from lists
    inner join emails on lists.contact_uuid = emails.contact_uuid
    left join taken on emails.value = taken.value
    left join named on emails.value = named.value
    where taken.value is not null or (lists.is_alias and named.value is not null)
    group by lists.contact_uuid
)

select
    lists.contact_uuid,
    lists.name,
    lists.job_title,
    lists.city,
    lists.state,
    {{ trunc_second("coalesce(lists.created_at, lists.first_conversion_at)") }} as created_at,
    lists.lifecycle_stage,
    lists.contact_owner_email,
    lists.interest,
    lists.legal_status,
    lists.tags,
    {{ trunc_second("lists.first_conversion_at") }} as first_conversion_at,
    lists.first_source,
    lists.first_medium,
    {{ trunc_second("lists.last_conversion_at") }} as last_conversion_at,
    lists.last_source,
    lists.last_medium,
    {{ trunc_second("lists.opportunity_at") }} as opportunity_at,
    lists.observed_at,
    lists.extracted_at,
    lists.load_seq,
    lists.row_seq,
    lists.first_load_seq
from lists
left join gone on lists.contact_uuid = gone.contact_uuid
where gone.contact_uuid is null
