{{ config(
    materialized="daily",
    stale="first_record_no in (select node_no from " ~ identity_work('scope') ~ ")",
) }}
-- One row per person. Consent: one contact that refused communications is enough. The main contact is the one a return
-- would go to: not deleted, with an e-mail, the last to convert.
with rd as (
    select
        people.person_id,
        nodes.source_id as contact_uuid,
        nodes.state,
        nodes.legal_status,
        row_number() over (
            partition by people.person_id
            order by
                case when emails.node_no is null then 1 else 0 end asc,
                nodes.last_conversion_at desc nulls last,
                nodes.first_seen_at desc nulls last,
                nodes.source_id asc
        ) as rank_in_person,
        emails.node_no is not null as has_email
    from {{ of_today("int_person_nodes", "parts") }} as people
    inner join {{ of_today("int_identity_nodes", "nodes") }} as nodes on people.node_no = nodes.node_no
    left join (
        select distinct node_no
        from {{ of_today("int_identity_identifiers", "mailboxes") }}
        where kind = 'email'
    ) as emails on nodes.node_no = emails.node_no
    where nodes.source_system = 'rd_station' and nodes.first_load_seq is not null and not nodes.is_deleted
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
    min(nodes.node_no) as first_record_no,
    min(identity_nodes.first_seen_at) as first_seen_at,
    cast(sum(case when nodes.source_system = 'rd_station' then 1 else 0 end) as bigint) as rd_contacts,
    cast(sum(case when nodes.source_system = '{{ crm_system() }}' then 1 else 0 end) as bigint) as crm_contacts,
    cast(sum(case when nodes.source_system = 'protheus' then 1 else 0 end) as bigint) as erp_customers,
    max(contacts_of_person.state) as state,
    max(contacts_of_person.main_rd_contact_uuid) as main_rd_contact_uuid,
    case
        when max(contacts_of_person.declined) = 1 then 'declined'
        when max(contacts_of_person.granted) = 1 then 'granted'
        else 'unknown'
    end as consent_status,
    min(case when identity_nodes.is_deleted then 1 else 0 end) = 1 as is_deleted
from {{ of_today("int_person_nodes", "parts") }} as nodes
inner join {{ of_today("int_identity_nodes", "nodes") }} as identity_nodes on nodes.node_no = identity_nodes.node_no
left join contacts_of_person on nodes.person_id = contacts_of_person.person_id
group by nodes.person_id
