-- Every look at a contact's legal bases: one row per look and basis, one with nulls for a look that found none. RD Station
-- keeps no dates, so the looks are the history. Looks from before all bases landed have the deciding one of `contacts`.
with looks as (
    select contact_uuid, load_seq, extracted_at, legal_category, legal_type, legal_status
    from {{ latest_rows("(select * from " ~ source("raw_rd_station", "contacts") ~ " where not coalesce(is_deleted, false))", "contact_uuid, load_seq") }} as contacts
)

select
    looks.contact_uuid,
    looks.load_seq,
    {{ trunc_second("looks.extracted_at") }} as seen_at,
    case when bases.contact_uuid is null then looks.legal_category else bases.category end as category,
    case when bases.contact_uuid is null then looks.legal_type else bases.type end as legal_basis,
    case when bases.contact_uuid is null then looks.legal_status else bases.status end as status
from looks
left join {{ source("raw_rd_station", "contact_legal_bases") }} as bases
    on looks.contact_uuid = bases.contact_uuid and looks.load_seq = bases.load_seq

union all

select
    contact_uuid,
    load_seq,
    {{ trunc_second("extracted_at") }} as seen_at,
    'communications' as category,
    {{ no_text() }} as legal_basis,
    legal_status as status
from {{ ref("stg_files__rd_station_contacts") }}
where legal_status is not null
