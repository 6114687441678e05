-- What the latest export says of each account, campaign and day, up to as_of. An export without campaign ids and one with
-- them meet where the account has one id for that name: a day is never counted twice.
with known as (
    select
        daily.*,
        lower(trim(daily.campaign_name)) as name_key
    from {{ source("raw_media_cost", "daily") }} as daily
    where daily.load_seq <= {{ known_at() }} and daily.spent_on <= {{ local_date(as_of()) }}
),

ids as (
    select
        platform,
        account_id,
        name_key,
        min(campaign_ref) as campaign_ref
    from known
    group by platform, account_id, name_key
    having count(distinct campaign_ref) = 1
),

keyed as (
    select
        known.*,
        coalesce(known.campaign_ref, ids.campaign_ref, known.name_key) as campaign_key
    from known
    left join ids
        on known.platform = ids.platform and known.account_id = ids.account_id and known.name_key = ids.name_key
),

ranked as (
    select
        keyed.*,
        row_number() over (
            partition by platform, account_id, campaign_key, spent_on, original_currency
            order by exported_at desc nulls last, load_seq desc nulls last, row_seq desc nulls last
        ) as recency
    from keyed
)

select
    platform,
    account_id,
    campaign_key,
    campaign_ref,
    campaign_name,
    spent_on,
    time_zone,
    channel,
    amount,
    currency,
    original_amount,
    original_currency,
    impressions,
    clicks,
    is_partial,
    file_name
from ranked
where recency = 1
