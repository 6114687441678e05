-- Media cost by ad account, platform campaign and day. The campaign of RD Station comes from the company's rules, else from
-- an equal name; cost that finds none keeps its row, with a null campaign_id.
with joined as (
    select
        daily.*,
        links.match_rule as rule_found,
        {{ campaign_id("nullif(trim(links.campaign), '')") }} as linked_id,
        named.campaign_id as named_id
    from {{ ref("stg_media_cost__daily") }} as daily
    left join {{ ref("stg_media_cost__links") }} as links
        on daily.platform = links.platform and daily.account_id = links.account_id
        and coalesce(daily.campaign_ref, '') = links.campaign_ref and daily.campaign_name = links.campaign_name
    left join {{ ref("dim_campaigns") }} as named
        on {{ campaign_id("daily.campaign_name") }} = named.campaign_id
)

select
    {{ hash_id("platform || '|' || account_id || '|' || campaign_key || '|' || " ~ as_text("spent_on") ~ " || '|' || original_currency") }} as media_cost_id,
    coalesce(linked_id, named_id) as campaign_id,
    case
        when linked_id is not null then rule_found
        when named_id is not null then 'same_name'
        else 'unmatched'
    end as match_rule,
    platform,
    account_id,
    campaign_key as platform_campaign,
    campaign_name as platform_campaign_name,
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
    file_name as source_file
from joined
