{{ config(materialized='ephemeral') }}
-- Owners that were seen where we wrote them, at a fetch after the sending: on the deal in the CRM, on the contact in RD
-- Station (there the owner of the very occurrence; a routed one when any owner shows, since it went out to none).
with sent as (
    select * from {{ ref('stg_deliveries__outbox') }} where sync in ('owner_crm', 'owner_rd') and sent_at is not null
)

select s.sync, s.delivery_id, min(d.observed_at) as confirmed_at
from sent as s
inner join {{ ref('int_deals') }} as i on s.subject_id = i.opportunity_id
inner join {{ crm("deal_observations") }} as d on i.deal_id = d.deal_id and d.observed_at >= s.sent_at
where
    s.sync = 'owner_crm' and s.state in ('accepted', 'confirmed') and d.user_id is not null
    and d.observed_at <= {{ as_of() }}
group by s.sync, s.delivery_id
union all
select s.sync, s.delivery_id, min(f.observed_at) as confirmed_at
from sent as s
inner join {{ ref('int_handoffs') }} as h on s.subject_id = h.handoff_id
inner join {{ ref('int_person_nodes') }} as n on h.person_id = n.person_id and n.source_system = 'rd_station'
inner join {{ ref('stg_rd_station__funnels') }} as f on n.source_id = f.contact_uuid and f.observed_at >= s.sent_at
left join {{ ref('int_handoff_owners') }} as w on s.handoff_id = w.handoff_id and s.occurrence <> 'routed'
left join {{ ref('int_seller_identities') }} as i on w.seller_id = i.seller_id
where
    s.sync = 'owner_rd'
    and case
        when s.occurrence = 'routed' then f.contact_owner_email is not null and s.state in ('accepted', 'confirmed')
        else
            s.occurrence = {{ owner_occurrence('i.email', 'w.from_at') }}
            and lower(trim(f.contact_owner_email)) = i.email
    end
group by s.sync, s.delivery_id
