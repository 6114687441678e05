{{ config(materialized='ephemeral') }}
-- The page, form or pop-up of RD Station behind a conversion identifier; the one changed last where several share it.
select identifier, name
from (
    select
        identifier, name,
        row_number() over (
            partition by identifier order by updated_at desc nulls last, asset_kind asc, asset_id asc
        ) as place
    from {{ ref("stg_rd_station__assets") }}
    where identifier is not null
) as pages
where place = 1
