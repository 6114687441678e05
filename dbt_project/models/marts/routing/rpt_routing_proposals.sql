-- Whom the agreement's rules give each hand-over to, beside whom it went to. What Bastão has assigned itself stays as it
-- was decided then, and is nobody's agreement.
with rules as (
    select agreement_version, rule_no, min(title_pt) as title_pt, min(title_en) as title_en
    from {{ ref('stg_agreement__routing_rules') }}
    group by agreement_version, rule_no
),

ours as (
    select o.subject_id as opportunity_id, min(o.delivered_at) as delivered_at
    from {{ ref('stg_deliveries__outbox') }} as o
    where o.sync = 'owner_crm' and o.state in ('accepted', 'confirmed')
    group by o.subject_id
),

proposals as (
    select
        d.*, h.mql_date, h.channel, h.temperature, h.status, h.seller_id as actual_seller_id, h.assigned_at,
        o.delivered_at as bastao_assigned_at,
        coalesce(case when o.opportunity_id is not null then w.seller_id end, d.seller_id) as proposed_seller_id
    from {{ ref('int_routing_decisions') }} as d
    inner join {{ ref('int_handoffs') }} as h on d.handoff_id = h.handoff_id
    left join ours as o on h.primary_opportunity_id = o.opportunity_id
    left join {{ ref('int_handoff_owners') }} as w on h.handoff_id = w.handoff_id and w.owner_no = 1
)

select
    p.handoff_id, p.mql_at, p.mql_date, p.channel, p.temperature, p.status, p.agreement_version, p.mode,
    p.rule_no, r.title_pt as rule_title_pt, r.title_en as rule_title_en, p.why, p.is_fallback,
    p.proposed_seller_id, s.seller_label as proposed_seller_label,
    p.actual_seller_id, a.seller_label as actual_seller_label,
    p.assigned_at, p.bastao_assigned_at, p.is_waiting,
    case
        when p.actual_seller_id is null or p.proposed_seller_id is null then null
        when p.bastao_assigned_at is not null and p.actual_seller_id = p.proposed_seller_id then null
        when p.actual_seller_id = p.proposed_seller_id then true
        -- The same person may be a user of the CRM and a seller of an exported list.
        else coalesce(i.email = p.seller_email and p.bastao_assigned_at is null, false)
    end as agrees
from proposals as p
left join rules as r on p.agreement_version = r.agreement_version and p.rule_no = r.rule_no
left join {{ ref('dim_sellers') }} as s on p.proposed_seller_id = s.seller_id
left join {{ ref('dim_sellers') }} as a on p.actual_seller_id = a.seller_id
left join {{ ref('int_seller_identities') }} as i on p.actual_seller_id = i.seller_id
