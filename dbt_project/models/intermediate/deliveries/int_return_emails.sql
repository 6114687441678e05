-- The address a push-back uses: the first valid e-mail of an RD Station contact. Personal: read by plan models alone.
select contact_uuid, value as email
from (
    select
        contact_uuid, value,
        row_number() over (partition by contact_uuid order by position asc nulls last, value) as place
    from {{ ref('stg_rd_station__contact_identifiers') }}
    where kind = 'email' and value is not null
) as emails
where place = 1
