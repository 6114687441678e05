-- The links of the last load that wrote them: a load writes all of them or none.
select distinct
    platform,
    account_id,
    coalesce(campaign_ref, '') as campaign_ref,
    campaign_name,
    campaign,
    match_rule
from {{ source("raw_media_cost", "links") }}
where load_seq = (
    select max(loads.load_seq)
    from {{ source("raw_media_cost", "links") }} as loads
    where loads.load_seq <= {{ known_at() }}
)
