-- Hand-overs whose deal reached the opportunity stage while RD Station does not show their contact as opportunity. Only of
-- passages that have a deal and are still open: the mark must never be what opens one (docs/decisions/0011).
with marks as (
    select h.handoff_id, max(c.occurred_at) as marked_at
    from {{ ref('int_handoffs') }} as h
    inner join {{ ref('int_people') }} as p on h.person_id = p.person_id
    inner join {{ ref('stg_rd_station__conversions') }} as c
        on p.main_rd_contact_uuid = c.contact_uuid and c.event_type = 'OPPORTUNITY' and c.occurred_at >= h.mql_at
    where h.opportunity_at >= {{ go_live() }}
    group by h.handoff_id
),

candidates as (
    select
        h.handoff_id, h.person_id, h.primary_opportunity_id, h.opportunity_at, h.temperature, o.amount,
        p.email, p.contact_uuid, p.consent_status,
        case
            when p.is_forgotten then 'forgotten'
            when h.status <> 'open' then 'closed_since'
            -- The later evidence counts: a mark that was set, or a look that came after it.
            when case when p.observed_at >= m.marked_at or m.marked_at is null then p.opportunity else true end
                then 'already_shown'
            when p.email is null then 'no_email'
            when p.is_new then 'contact_too_new'
            when p.consent_status = 'declined' then 'consent_declined'
        end as refusal_reason
    from {{ ref('int_handoffs') }} as h
    inner join {{ ref('int_opportunities') }} as o on h.primary_opportunity_id = o.opportunity_id
    inner join {{ ref('int_status_people') }} as p on h.person_id = p.person_id
    left join marks as m on h.handoff_id = m.handoff_id
    where h.opportunity_at >= {{ go_live() }} and o.source_system <> 'files'
)

select
    'opportunity' as sync,
    primary_opportunity_id as subject_id,
    '1' as occurrence,
    handoff_id, person_id, email, contact_uuid,
    opportunity_at as happened_at,
    consent_status,
    cast(case when temperature = 'hot' then 1 else 2 end as bigint) as priority,
    cast(amount as decimal(18, 2)) as value,
    refusal_reason is null as eligible,
    refusal_reason
from candidates
