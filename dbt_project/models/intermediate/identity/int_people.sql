-- One row per person. Consent: one contact that refused communications is enough. The main contact is the one a return
-- would go to: not deleted, with an e-mail, the last to convert.
with rd as (
    select
        nodes.person_id,
        contacts.contact_uuid,
        contacts.state,
        case when coalesce(contacts.legal_category, 'communications') = 'communications' then contacts.legal_status end
            as legal_status,
        row_number() over (
            partition by nodes.person_id
            order by
                case when emails.contact_uuid is null then 1 else 0 end asc,
                conversions.last_conversion_at desc nulls last,
                contacts.created_at desc nulls last,
                contacts.contact_uuid asc
        ) as rank_in_person,
        emails.contact_uuid is not null as has_email
    from {{ ref("int_person_nodes") }} as nodes
    inner join {{ ref("stg_rd_station__contacts") }} as contacts on nodes.source_id = contacts.contact_uuid
    left join (
        select distinct contact_uuid
        from {{ ref("stg_rd_station__contact_identifiers") }}
        where kind = 'email' and value is not null
    ) as emails on contacts.contact_uuid = emails.contact_uuid
    left join (
        select
            contact_uuid,
            max(occurred_at) as last_conversion_at
        from {{ ref("stg_rd_station__conversions") }}
        where event_type = 'CONVERSION'
        group by contact_uuid
    ) as conversions on contacts.contact_uuid = conversions.contact_uuid
    where nodes.source_system = 'rd_station' and not contacts.is_deleted
),

contacts_of_person as (
    select
        person_id,
        max(case when rank_in_person = 1 and has_email then contact_uuid end) as main_rd_contact_uuid,
        max(case when rank_in_person = 1 then state end) as state,
        max(case when legal_status = 'declined' then 1 else 0 end) as declined,
        max(case when legal_status = 'granted' then 1 else 0 end) as granted
    from rd
    group by person_id
)

select
    nodes.person_id,
    min(identity_nodes.first_seen_at) as first_seen_at,
    sum(case when nodes.source_system = 'rd_station' then 1 else 0 end) as rd_contacts,
    sum(case when nodes.source_system = '{{ crm_system() }}' then 1 else 0 end) as crm_contacts,
    sum(case when nodes.source_system = 'protheus' then 1 else 0 end) as erp_customers,
    max(contacts_of_person.state) as state,
    max(contacts_of_person.main_rd_contact_uuid) as main_rd_contact_uuid,
    case
        when max(contacts_of_person.declined) = 1 then 'declined'
        when max(contacts_of_person.granted) = 1 then 'granted'
        else 'unknown'
    end as consent_status,
    min(case when identity_nodes.is_deleted then 1 else 0 end) = 1 as is_deleted
from {{ ref("int_person_nodes") }} as nodes
inner join {{ ref("int_identity_nodes") }} as identity_nodes on nodes.node = identity_nodes.node
left join contacts_of_person on nodes.person_id = contacts_of_person.person_id
group by nodes.person_id
