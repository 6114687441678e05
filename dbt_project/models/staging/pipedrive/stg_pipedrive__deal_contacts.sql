-- The person of each deal, of its lead while it is one: Pipedrive has one.
select
    keys.deal_id,
    coalesce(deals.person_id, leads.person_id) as contact_id,
    0 as position,
    true as is_first
from {{ ref("stg_pipedrive__deal_keys") }} as keys
left join {{ latest_rows(source("raw_pipedrive", "deals"), "deal_id") }} as deals on keys.source_id = deals.deal_id
left join {{ latest_rows(source("raw_pipedrive", "leads"), "lead_id") }} as leads
    on keys.lead_id = leads.lead_id and not coalesce(leads.is_deleted, false)
where coalesce(deals.person_id, leads.person_id) is not null
