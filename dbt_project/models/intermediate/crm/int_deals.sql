-- Deals with the person they belong to (their first contact). `is_signal`: made by the integration with marketing,
-- not a copy: its creation is an MQL signal. `original_deal_id`: what a copy, or a copy of a copy, was copied from.
select
    deals.deal_id,
    {{ opportunity_id("deals.deal_id") }} as opportunity_id,
    nodes.person_id,
    deals.created_at,
    deals.closed_at,
    deals.outcome,
    deals.parent_deal_id is not null as is_copy,
    coalesce(parents.parent_deal_id, deals.parent_deal_id) as original_deal_id,
    deals.from_rdsm_integration and deals.parent_deal_id is null as is_signal,
    deals.user_id,
    deals.user_changed,
    deals.rating,
    deals.organization_id
from {{ crm("deals") }} as deals
left join {{ crm("deals") }} as parents on deals.parent_deal_id = parents.deal_id
left join {{ crm("deal_contacts") }} as contacts
    on deals.deal_id = contacts.deal_id and contacts.is_first
left join {{ ref("int_person_nodes") }} as nodes
    on contacts.contact_id = nodes.source_id and nodes.source_system = '{{ crm_system() }}'
