-- One row per campaign as conversions name it; spellings that differ in case or blanks are one campaign. Campaigns that the
-- company's rules give to media cost are there too, also when nobody came by them: money was spent.
with named as (
    select traffic_campaign as campaign, occurred_at from {{ ref('stg_rd_station__conversions') }}
    union all
    select campaign, mql_at as occurred_at from {{ ref('stg_files__handoffs') }}
    union all
    select campaign, cast(null as timestamp) as occurred_at from {{ ref('stg_media_cost__links') }}
)

select
    {{ campaign_id('campaign') }} as campaign_id,
    min(trim(campaign)) as campaign_name,
    min(occurred_at) as first_seen_at,
    max(occurred_at) as last_seen_at
from named
where campaign is not null and trim(campaign) <> ''
group by 1
