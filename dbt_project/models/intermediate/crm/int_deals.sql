-- Deals with the person they belong to (their first contact). `is_signal`: made by the integration with marketing,
-- not a copy: its creation is an MQL signal, unless it answers a mark that we set ourselves (an integration that turns every
-- mark into a deal makes a twin then). `original_deal_id`: what a copy, or a copy of a copy, was copied from.
with known as (
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
),

echoes as (
    select distinct known.deal_id
    from known
    inner join known as pushed on known.person_id = pushed.person_id and known.deal_id <> pushed.deal_id
    inner join {{ ref("int_mark_pushes") }} as marks on pushed.opportunity_id = marks.opportunity_id
    where known.created_at >= marks.from_at and known.created_at <= marks.until_at
)

select
    known.deal_id,
    known.opportunity_id,
    known.person_id,
    known.created_at,
    known.closed_at,
    known.outcome,
    known.is_copy,
    known.original_deal_id,
    known.is_signal and echoes.deal_id is null as is_signal,
    known.user_id,
    known.user_changed,
    known.rating,
    known.organization_id
from known
left join echoes on known.deal_id = echoes.deal_id
