-- One row per deal that exists at as_of, deleted ones left out. A closing after as_of has not happened yet.
select
    deal_id,
    amount_monthly,
    amount_unique,
    cast(coalesce(amount_total, coalesce(amount_unique, 0) + coalesce(amount_monthly, 0)) as decimal(18, 2))
        as amount_total,
    rating,
    case
        when closed_at is null or closed_at > {{ as_of() }}
            then case when coalesce(hold, false) or status = 'paused' then 'paused' else 'open' end
        when coalesce(win, false) or status = 'won' then 'won'
        else 'lost'
    end as outcome,
    stage_id,
    pipeline_id,
    user_id,
    coalesce(user_changed, false) as user_changed,
    organization_id,
    campaign_name,
    source_name,
    lost_reason_id,
    lost_reason_name,
    coalesce(from_rdsm_integration, false) as from_rdsm_integration,
    parent_deal_id,
    erp_order,
    {{ trunc_second("created_at") }} as created_at,
    {{ trunc_second("updated_at") }} as updated_at,
    {{ happened("closed_at") }} as closed_at,
    {{ trunc_second("observed_at") }} as observed_at
from {{ latest_rows(source("raw_rd_station_crm", "deals"), "deal_id") }} as deals
where
    not coalesce(is_deleted, false)
    and created_at <= {{ as_of() }}
