-- What each look at a contact said of each purpose. Of several bases a refusal decides, then a permission. A look that names
-- no basis for a purpose makes it unknown; purposes other than communications count once the contact had one.
with bases as (
    select
        contact_uuid, load_seq, seen_at, legal_basis,
        case when category is null and status is not null then 'communications' else category end as purpose,
        case
            when status in ('granted', 'declined') then status
            when category = 'data_processing' and status is null then 'granted'  -- older bodies leave it out: it has no other
            else 'unknown'
        end as status
    from {{ ref('stg_rd_station__legal_bases') }}
),

purposes as (
    select distinct contact_uuid, 'communications' as purpose from bases
    union
    select distinct contact_uuid, purpose from bases where purpose is not null
),

ranked as (
    select
        bases.*,
        row_number() over (
            partition by contact_uuid, load_seq, purpose
            order by case status when 'declined' then 1 when 'granted' then 2 else 3 end, legal_basis nulls last
        ) as place
    from bases
    where purpose is not null
)

select
    looks.contact_uuid, purposes.purpose, looks.load_seq, looks.seen_at, ranked.legal_basis,
    coalesce(ranked.status, 'unknown') as status
from (select distinct contact_uuid, load_seq, seen_at from bases) as looks
inner join purposes on looks.contact_uuid = purposes.contact_uuid
left join ranked
    on looks.contact_uuid = ranked.contact_uuid and looks.load_seq = ranked.load_seq
    and purposes.purpose = ranked.purpose and ranked.place = 1
