-- Who got the lead, and when that is known: with the primary deal when its owner never changed, else at the first
-- fetch that showed an owner (the CRM keeps no history of owners). A rating of 1 is the CRM's default: it counts only
-- when another value was seen before. Exported lists say when it was assigned, and to whom; what they rate is rated.
with observed as (
    select
        {{ opportunity_id("deal_id") }} as opportunity_id,
        min(case when user_id is not null and observed_at <= {{ as_of() }} then observed_at end) as first_owner_seen_at,
        max(case when rating <> 1 then 1 else 0 end) as other_rating_seen
    from {{ crm("deal_observations") }}
    group by deal_id
)

select
    outcomes.handoff_id,
    {{ seller_id("deals.user_id") }} as seller_id,
    case
        when deals.user_id is not null and not deals.user_changed then deals.created_at
        else observed.first_owner_seen_at
    end as assigned_at,
    {% if crm_keeps_history() -%}
    deals.rating as seller_rating
    {%- else -%}
    case when deals.rating > 1 or (deals.rating = 1 and observed.other_rating_seen = 1) then deals.rating end
        as seller_rating
    {%- endif %}
from {{ ref("int_handoff_outcomes") }} as outcomes
inner join {{ ref("int_deals") }} as deals on outcomes.primary_opportunity_id = deals.opportunity_id
left join observed on deals.opportunity_id = observed.opportunity_id

union all

select
    outcomes.handoff_id,
    {{ hash_id("'files:seller:' || coalesce(handoffs.seller_key, listed.seller_key)") }} as seller_id,
    handoffs.assigned_at,
    listed.rating as seller_rating
from {{ ref("int_handoff_outcomes") }} as outcomes
inner join {{ ref("int_file_opportunities") }} as listed on outcomes.primary_opportunity_id = listed.opportunity_id
inner join {{ ref("stg_files__handoffs") }} as handoffs on listed.handoff_key = handoffs.handoff_key
