-- Leads without owner that the agreement lets Bastão assign in the CRM, once each (key: the deal alone, so that two runs
-- can never give it to two sellers). An owner whom a person chose, even later, is left alone.
select
    'owner_crm' as sync,
    h.primary_opportunity_id as subject_id,
    '1' as occurrence,
    d.handoff_id, h.person_id, e.email, o.source_id as deal_id, d.user_id as owner_id,
    d.mql_at as happened_at,
    d.acts_at as deadline_at,
    'granted' as consent_status,  -- who answers for a lead inside the house needs nobody's consent
    cast(case when h.temperature = 'hot' then 1 else 2 end as bigint) as priority,
    d.is_waiting and d.acts_at <= {{ as_of() }} and d.user_id is not null as eligible,
    case
        when h.seller_id is not null then 'owned'
        when not d.is_waiting then 'not_open'
        when d.acts_at > {{ as_of() }} then 'grace'
        when d.seller_email is null then 'nobody_free'
        when d.user_id is null then 'seller_not_in_crm'
    end as refusal_reason
from {{ ref('int_routing_decisions') }} as d
inner join {{ ref('int_handoffs') }} as h on d.handoff_id = h.handoff_id
inner join {{ ref('int_opportunities') }} as o on h.primary_opportunity_id = o.opportunity_id
left join {{ ref('int_people') }} as p on h.person_id = p.person_id
left join {{ ref('int_return_emails') }} as e on p.main_rd_contact_uuid = e.contact_uuid
where d.mode = 'assign' and d.came_without_owner and o.source_system = '{{ crm_system() }}' and d.mql_at >= {{ go_live() }}
