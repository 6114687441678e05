-- Hand-overs that were given back or lost while their contact is marked as opportunity in RD Station, with the reason as
-- sales wrote it. Where the last look is older than the closing, the look just before the send decides.
with candidates as (
    select
        h.handoff_id, h.person_id, h.closing_opportunity_id, o.closed_at, h.rejection_reason,
        coalesce(o.reason_label, a.title_pt) as reason_label,
        p.email, p.contact_uuid, p.consent_status,
        case
            when p.is_forgotten then 'forgotten'
            when l.has_open = 1 then 'open_passage'
            when l.last_won_at > o.closed_at then 'won_since'
            when p.observed_at >= o.closed_at and not p.opportunity then 'already_shown'
            when p.email is null then 'no_email'
            when p.is_new then 'contact_too_new'
            when p.consent_status = 'declined' then 'consent_declined'
        end as refusal_reason
    from {{ ref('int_handoffs') }} as h
    inner join {{ ref('int_opportunities') }} as o on h.closing_opportunity_id = o.opportunity_id
    inner join {{ ref('int_status_people') }} as p on h.person_id = p.person_id
    inner join (
        select person_id, max(case when status = 'open' then 1 else 0 end) as has_open, max(won_at) as last_won_at
        from {{ ref('int_handoffs') }}
        group by person_id
    ) as l on h.person_id = l.person_id
    left join {{ ref('stg_agreement__reasons') }} as a
        on h.agreement_version = a.agreement_version and h.rejection_reason = a.reason_code
    where h.status in ('rejected', 'lost') and o.closed_at >= {{ go_live() }} and o.source_system <> 'files'
)

select
    'loss' as sync,
    closing_opportunity_id as subject_id,
    '1' as occurrence,
    handoff_id, person_id, email, contact_uuid, reason_label,
    closed_at as happened_at,
    rejection_reason as reason_code,
    consent_status,
    cast(1 as bigint) as priority,
    refusal_reason is null as eligible,
    refusal_reason
from candidates
