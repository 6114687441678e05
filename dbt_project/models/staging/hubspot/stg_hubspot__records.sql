-- Which deal of the company each lead and deal of HubSpot belongs to: a lead and the first deal made from it are one. A lead
-- keeps its attributes after it was archived, so that its deal keeps its name.
with live as (
    select *
    from {{ latest_rows("(select * from " ~ source("raw_hubspot", "leads") ~ " where not coalesce(is_deleted, false))", "lead_id") }} as live_rows
    where created_at <= {{ as_of() }}
),

leads as (
    select
        live.*,
        coalesce(last_rows.is_deleted, false) as is_gone,
        row_number() over (partition by live.deal_id order by live.created_at asc, live.lead_id asc) as lead_no
    from live
    left join {{ latest_rows(source("raw_hubspot", "leads"), "lead_id") }} as last_rows on live.lead_id = last_rows.lead_id
),

deals as (
    select *
    from {{ latest_rows(source("raw_hubspot", "deals"), "deal_id") }} as last_rows
    where
        not coalesce(is_deleted, false)
        and created_at <= {{ as_of() }}
)

select
    case when leads.lead_id is null then deals.deal_id else 'lead:' || leads.lead_id end as deal_id,
    leads.lead_id as hubspot_lead_id,
    deals.deal_id as hubspot_deal_id,
    deals.created_at as converted_at
from leads
left join deals on leads.deal_id = deals.deal_id and leads.lead_no = 1
where
    not leads.is_gone
    or deals.deal_id is not null

union all

select
    deals.deal_id,
    {{ no_text() }} as hubspot_lead_id,
    deals.deal_id as hubspot_deal_id,
    deals.created_at as converted_at
from deals
left join leads on deals.deal_id = leads.deal_id and leads.lead_no = 1
where leads.lead_id is null
