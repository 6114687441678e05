-- Which discarded leads go back into nurture in RD Station, and why the others do not: rejected or lost passages whose
-- reason leads to nurture. The key is the deal that closed the passage: content never enters it (design section 7).
with passages as (
    select
        h.handoff_id, h.person_id, h.rejection_reason, h.agreement_version, h.passage_no,
        h.closing_opportunity_id, o.closed_at
    from {{ ref('int_handoffs') }} as h
    inner join {{ ref('int_opportunities') }} as o on h.closing_opportunity_id = o.opportunity_id
    where h.status in ('rejected', 'lost') and h.next_step = 'nurture' and o.closed_at is not null
),

later as (
    select
        p.handoff_id,
        max(case when h.status = 'open' then 1 else 0 end) as has_open,
        max(case when h.won_at > p.closed_at then 1 else 0 end) as has_won
    from passages as p
    inner join {{ ref('int_handoffs') }} as h on p.person_id = h.person_id
    group by p.handoff_id
),

returned as (
    select p.handoff_id, min(c.occurred_at) as returned_at
    from passages as p
    inner join {{ ref('int_conversions') }} as c on p.person_id = c.person_id and c.occurred_at >= p.closed_at
    where c.is_return
    group by p.handoff_id
),

candidates as (
    select
        p.*, e.email, n.consent_status, a.return_identifier,
        case
            when e.is_forgotten then 'forgotten'
            when p.closed_at < {{ go_live() }} then 'before_go_live'
            when p.closed_at < {{ add_seconds(as_of(), -86400 * var('return_max_age_days') | int) }} then 'too_old'
            when l.has_open = 1 then 'open_passage'
            when l.has_won = 1 then 'won_since'
            when e.email is null then 'no_email'
            when r.returned_at is not null then 'already_returned'
            when n.consent_status = 'declined' then 'consent_declined'
            when n.consent_status = 'unknown' and v.consent_unknown = 'refuse' then 'consent_unknown'
        end as refusal_reason
    from passages as p
    inner join {{ ref('int_people') }} as n on p.person_id = n.person_id
    inner join later as l on p.handoff_id = l.handoff_id
    left join returned as r on p.handoff_id = r.handoff_id
    left join {{ ref('int_return_emails') }} as e on n.main_rd_contact_uuid = e.contact_uuid
    left join {{ ref('stg_agreement__versions') }} as v on p.agreement_version = v.agreement_version
    left join {{ ref('stg_agreement__reasons') }} as a
        on p.agreement_version = a.agreement_version and p.rejection_reason = a.reason_code
)

-- The oldest first: it is the next one to pass the maximum age.
select
    'nurture_return' as sync,
    closing_opportunity_id as subject_id,
    '1' as occurrence,
    handoff_id, person_id, email, return_identifier as conversion_identifier,
    rejection_reason as reason_code, closed_at, consent_status,
    row_number() over (
        order by case when refusal_reason is null then 0 else 1 end, closed_at, closing_opportunity_id
    ) as priority,
    refusal_reason is null as eligible,
    refusal_reason
from candidates
