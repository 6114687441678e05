-- Contacts of each deal as of its last fetch, of the lead where there is no deal yet; a contact that was merged is the one
-- that stayed. The first (is_first) is the person the deal belongs to.
with listed as (
    select
        records.deal_id,
        contacts.contact_id,
        contacts.position
    from {{ ref("stg_hubspot__records") }} as records
    inner join {{ latest_sets(source("raw_hubspot", "deal_contacts"), "deal_id", "contact_id", source("raw_hubspot", "deals")) }} as contacts
        on records.hubspot_deal_id = contacts.deal_id

    union all

    select
        records.deal_id,
        contacts.contact_id,
        contacts.position
    from {{ ref("stg_hubspot__records") }} as records
    inner join {{ latest_sets(source("raw_hubspot", "lead_contacts"), "lead_id", "contact_id", source("raw_hubspot", "leads")) }} as contacts
        on records.hubspot_lead_id = contacts.lead_id
    where records.hubspot_deal_id is null
),

merged as (
    select
        listed.deal_id,
        coalesce(contacts.merged_into, listed.contact_id) as contact_id,
        min(listed.position) as position
    from listed
    left join {{ latest_rows(source("raw_hubspot", "contacts"), "contact_id") }} as contacts
        on listed.contact_id = contacts.contact_id
    group by 1, 2
)

select
    deal_id,
    contact_id,
    position,
    row_number() over (partition by deal_id order by position asc, contact_id asc) = 1 as is_first
from merged
