-- One row per contact: attributes of its last live fetch, deletion from its last row (a tombstone has no attributes);
-- and the leads of exported lists that the API has not read yet.
with live as (
    select *
    from {{ latest_rows("(select * from " ~ source("raw_rd_station", "contacts") ~ " where not coalesce(is_deleted, false))", "contact_uuid") }} as live_rows
),

segmentation as (
    select
        contact_uuid,
        min(created_at) as created_at
    from {{ source("raw_rd_station", "segmentation_contacts") }}
    where load_seq <= {{ known_at() }}
    group by contact_uuid
)

select
    last_rows.contact_uuid,
    live.name,
    live.job_title,
    live.city,
    live.state,
    {{ trunc_second("coalesce(live.created_at, last_rows.created_at, segmentation.created_at)") }} as created_at,
    live.legal_category,
    live.legal_type,
    live.legal_status,
    live.tags,
    coalesce(last_rows.is_deleted, false) as is_deleted,
    least(last_rows.first_load_seq, listed.first_load_seq) as first_load_seq
from {{ latest_rows(source("raw_rd_station", "contacts"), "contact_uuid", since=true) }} as last_rows
left join live on last_rows.contact_uuid = live.contact_uuid
left join segmentation on last_rows.contact_uuid = segmentation.contact_uuid
left join (
    select
        contact_uuid,
        min(load_seq) as first_load_seq
    from {{ source("raw_files", "rd_station_contacts") }}
    where load_seq <= {{ known_at() }}
    group by contact_uuid
) as listed on last_rows.contact_uuid = listed.contact_uuid

union all

select
    contact_uuid,
    name,
    job_title,
    city,
    state,
    created_at,
    case when legal_status is not null then 'communications' end as legal_category,
    {{ no_text() }} as legal_type,
    legal_status,
    tags,
    false as is_deleted,
    first_load_seq
from {{ ref("stg_files__rd_station_contacts") }}
