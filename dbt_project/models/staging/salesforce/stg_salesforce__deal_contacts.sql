-- Contacts of each deal: a lead's own person until its conversion, then the opportunity's contacts, the primary one first.
with roles as (
    select
        keys.deal_id,
        coalesce(contacts.master_record_id, roles.contact_id) as contact_id,
        min(case when roles.is_primary then 0 else 1 end) as rank,
        min(roles.created_at) as created_at
    from {{ latest_rows(source("raw_salesforce", "opportunity_contact_roles"), "role_id") }} as roles
    inner join {{ ref("stg_salesforce__deal_keys") }} as keys on roles.opportunity_id = keys.record_id
    left join {{ latest_rows(source("raw_salesforce", "contacts"), "contact_id") }} as contacts
        on roles.contact_id = contacts.contact_id
    where not coalesce(roles.is_deleted, false)
    group by 1, 2
),

leads as (
    select
        'lead:' || lead_id as deal_id,
        case when is_converted then converted_contact_id else lead_id end as contact_id,
        2 as rank,
        created_at
    from {{ latest_rows(source("raw_salesforce", "leads"), "lead_id") }} as lead_rows
    where master_record_id is null
),

everyone as (
    select * from roles
    union all
    select leads.*
    from leads
    where leads.contact_id is not null and not exists (select 1 from roles where roles.deal_id = leads.deal_id)
)

select
    deal_id,
    contact_id,
    row_number() over (partition by deal_id order by rank asc, created_at asc, contact_id asc) - 1 as position,
    row_number() over (partition by deal_id order by rank asc, created_at asc, contact_id asc) = 1 as is_first
from everyone
