-- One row per person: Contacts, and the persons of leads that were not converted (the Contact stands for them then, and is
-- known since the first lead that became it).
with people as (
    {{ crm_contacts(source("raw_salesforce", "contacts")) | indent(4) }}
    where last_rows.converted_to is null
),

leads as (
    select
        converted_to,
        min({{ trunc_second("created_at") }}) as created_at,
        min(first_load_seq) as first_load_seq
    from {{ latest_rows(source("raw_salesforce", "contacts"), "contact_id", since=true) }} as lead_rows
    group by converted_to
)

select
    people.contact_id,
    people.name,
    people.job_title,
    people.organization_id,
    people.integration_id,
    least(people.created_at, leads.created_at) as created_at,
    people.updated_at,
    people.is_deleted,
    least(people.first_load_seq, leads.first_load_seq) as first_load_seq
from people
left join leads on people.contact_id = leads.converted_to
