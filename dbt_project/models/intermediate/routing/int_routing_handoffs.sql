-- Hand-overs of versions with routing rules: what the rules ask about, and in whose portfolio each is.
with handoffs as (
    select
        h.handoff_id, h.person_id, h.company_id, h.agreement_version, h.mql_at, h.channel, h.assigned_at, v.mode,
        {{ add_seconds('h.mql_at', 'v.grace_seconds') }} as acts_at,
        upper(coalesce(nullif(trim(p.state), ''), c.state)) as state,
        h.status = 'open' and h.seller_id is null as is_waiting
    from {{ ref('int_handoffs') }} as h
    inner join (
        select distinct agreement_version, mode, grace_seconds from {{ ref('stg_agreement__routing_rules') }}
    ) as v on h.agreement_version = v.agreement_version
    left join {{ ref('int_people') }} as p on h.person_id = p.person_id
    left join {{ ref('int_companies') }} as c on h.company_id = c.company_id
    where h.mql_at is not null
),

-- The portfolio: who owns the last earlier deal of the company, or of the person.
earlier_deals as (
    select h.handoff_id, o.opportunity_id, o.seller_id, o.created_at
    from handoffs as h
    inner join {{ ref('int_opportunities') }} as o on h.company_id = o.company_id and o.created_at < h.mql_at
    where o.seller_id is not null and not coalesce(o.is_copy, false)
    union all
    select h.handoff_id, o.opportunity_id, o.seller_id, o.created_at
    from handoffs as h
    inner join {{ ref('int_opportunities') }} as o on h.person_id = o.person_id and o.created_at < h.mql_at
    where o.seller_id is not null and not coalesce(o.is_copy, false)
),

keepers as (
    select d.handoff_id, i.email
    from (
        select
            *,
            row_number() over (
                partition by handoff_id order by created_at desc nulls last, opportunity_id desc nulls last
            ) as place
        from earlier_deals
    ) as d
    inner join {{ ref('int_seller_identities') }} as i on d.seller_id = i.seller_id
    where d.place = 1
)

select h.*, k.email as keeper_email
from handoffs as h
left join keepers as k on h.handoff_id = k.handoff_id
