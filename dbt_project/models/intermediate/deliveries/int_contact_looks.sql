-- What RD Station showed last of each contact's funnel, and when.
select contact_uuid, opportunity, contact_owner_email, observed_at
from (
    select
        *,
        row_number() over (
            partition by contact_uuid
            order by observed_at desc nulls last, load_seq desc nulls last, row_seq desc nulls last
        ) as place
    from {{ ref('stg_rd_station__funnels') }}
) as looks
where place = 1
