-- The address a push-back uses: the first valid e-mail of an RD Station contact; none of somebody who was forgotten.
-- Personal: read by plan models alone.
select
    contact_uuid,
    case when not {{ is_forgotten('value') }} then value end as email,
    {{ is_forgotten('value') }} as is_forgotten
from (
    select
        contact_uuid, value,
        row_number() over (partition by contact_uuid order by position asc nulls last, value) as place
    from {{ ref('stg_rd_station__contact_identifiers') }}
    where kind = 'email' and value is not null
) as emails
where place = 1
