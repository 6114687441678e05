-- What is one deal here: a lead with the deal made from it, a lead alone, a deal alone. Of several deals that name one
-- lead, the oldest live one continues it. Deleted deals are left out, and their leads with them.
with deals as (
    select * from {{ latest_rows(source("raw_pipedrive", "deals"), "deal_id") }} as last_rows
),

live as (
    select
        deal_id,
        source_lead_id,
        row_number() over (
            partition by coalesce(source_lead_id, 'deal:' || deal_id) order by created_at asc, deal_id asc
        ) as claim_no
    from deals
    where not coalesce(is_deleted, false)
)

select
    case when source_lead_id is not null and claim_no = 1 then 'lead:' || source_lead_id else deal_id end as deal_id,
    deal_id as source_id,
    case when claim_no = 1 then source_lead_id end as lead_id
from live

union all

select
    'lead:' || leads.lead_id as deal_id,
    cast(null as {{ dbt.type_string() }}) as source_id,
    leads.lead_id
from {{ latest_rows(source("raw_pipedrive", "leads"), "lead_id") }} as leads
left join (select distinct source_lead_id from deals) as converted on leads.lead_id = converted.source_lead_id
where
    not coalesce(leads.is_deleted, false)
    and converted.source_lead_id is null
