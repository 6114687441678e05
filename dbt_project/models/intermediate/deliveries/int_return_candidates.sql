-- Discarded leads whose reason leads to nurture, each with the first reason against a return: by conversion
-- (`refusal_reason`) and straight into a flow (`flow_refusal_reason`). The key is the deal that closed the passage: content
-- never enters it (design section 7). Where a reason names both ways, the flow follows the conversion.
with passages as (
    select
        h.handoff_id, h.person_id, h.rejection_reason, h.agreement_version, h.closing_opportunity_id, o.closed_at
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

-- What we sent and RD Station took, or may have taken.
sent as (
    select
        subject_id, max(coalesce(delivered_at, sent_at)) as sent_at,
        max(case when sync = 'nurture_return' and state in ('accepted', 'confirmed') then 1 else 0 end) as is_converted
    from {{ ref('stg_deliveries__outbox') }}
    where
        sync in ('nurture_return', 'flow_enrolment') and sent_at is not null
        and state in ('sending', 'held', 'accepted', 'confirmed')
    group by subject_id
),

candidates as (
    select
        p.*, e.email, n.consent_status, a.return_identifier, a.flow_id, a.title_pt as reason_title,
        v.return_at_most, v.return_cooling_off_seconds,
        coalesce(s.is_converted, 0) = 1 or r.returned_at is not null as is_converted,
        r.returned_at is not null as is_returned,
        s.sent_at is not null as is_sent,
        case
            when e.is_forgotten then 'forgotten'
            when p.closed_at < {{ go_live() }} then 'before_go_live'
            when p.closed_at < {{ add_seconds(as_of(), -86400 * var('return_max_age_days') | int) }} then 'too_old'
            when l.has_open = 1 then 'open_passage'
            when l.has_won = 1 then 'won_since'
            when e.email is null then 'no_email'
        end as not_now,
        case
            when n.consent_status = 'declined' then 'consent_declined'
            when n.consent_status = 'unknown' and v.consent_unknown = 'refuse' then 'consent_unknown'
        end as no_consent
    from passages as p
    inner join {{ ref('int_people') }} as n on p.person_id = n.person_id
    inner join later as l on p.handoff_id = l.handoff_id
    left join returned as r on p.handoff_id = r.handoff_id
    left join sent as s on p.closing_opportunity_id = s.subject_id
    left join {{ ref('int_return_emails') }} as e on n.main_rd_contact_uuid = e.contact_uuid
    left join {{ ref('stg_agreement__versions') }} as v on p.agreement_version = v.agreement_version
    left join {{ ref('stg_agreement__reasons') }} as a
        on p.agreement_version = a.agreement_version and p.rejection_reason = a.reason_code
),

-- Returns of each person's passages, seen or sent, and the place of a candidate among the person's own: the last closed
-- goes first, so that two that wait at once do not both slip under the limits.
all_returns as (
    select p.handoff_id, p.person_id, max(r.at) as returned_at
    from {{ ref('int_handoffs') }} as p
    inner join (
        select handoff_id, returned_at as at from {{ ref('int_handoff_returns') }}
        union all
        select h.handoff_id, s.sent_at
        from sent as s
        inner join {{ ref('int_handoffs') }} as h on s.subject_id = h.closing_opportunity_id
    ) as r on p.handoff_id = r.handoff_id
    group by p.handoff_id, p.person_id
),

others as (
    select c.handoff_id, count(*) as times, max(r.returned_at) as last_at
    from candidates as c
    inner join all_returns as r on c.person_id = r.person_id and c.handoff_id <> r.handoff_id
    group by c.handoff_id
),

queue as (
    select
        handoff_id,
        row_number() over (partition by person_id order by closed_at desc nulls last, closing_opportunity_id desc nulls last) as place
    from candidates
    where not_now is null and no_consent is null and not is_returned and not is_sent
),

limited as (
    select
        c.*,
        case
            when c.return_at_most <= coalesce(o.times, 0) + coalesce(q.place, 1) - 1 then 'returned_too_often'
            when c.return_cooling_off_seconds is null then null
            when q.place > 1 or {{ add_seconds('o.last_at', 'c.return_cooling_off_seconds') }} > {{ as_of() }} then 'cooling_off'
        end as beyond_limit
    from candidates as c
    left join others as o on c.handoff_id = o.handoff_id
    left join queue as q on c.handoff_id = q.handoff_id
)

select
    handoff_id, person_id, closing_opportunity_id, closed_at, rejection_reason, reason_title, email, consent_status,
    return_identifier, flow_id,
    coalesce(not_now, case when is_returned then 'already_returned' end, no_consent, beyond_limit) as refusal_reason,
    coalesce(
        not_now,
        case
            when return_identifier is null and is_returned then 'already_returned'
            when return_identifier is not null and not is_converted then 'conversion_first'
        end,
        no_consent, beyond_limit
    ) as flow_refusal_reason
from limited
