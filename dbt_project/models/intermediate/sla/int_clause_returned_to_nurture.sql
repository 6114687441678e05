-- Whether a lead that was given back for a reason that leads to nurture was sent back there in time: seen as the return
-- conversion that came out of it, or as the enrolment that RD Station answered. Nobody owes a return that the company's own rules forbid (consent, too many returns, one too
-- soon after the last), nor one for a lead that came back by itself.
with returns as (
    select r.handoff_id, r.returned_at, min(c.event_identifier) as event_identifier
    from {{ ref('int_handoff_returns') }} as r
    inner join {{ ref('int_handoffs') }} as h on r.handoff_id = h.handoff_id
    left join {{ ref('int_conversions') }} as c
        on h.person_id = c.person_id and r.returned_at = c.occurred_at and c.is_return
    group by r.handoff_id, r.returned_at
),

earlier as (
    select i.verdict_id, count(*) as times, max(r.returned_at) as last_at
    from {{ ref('int_clause_index') }} as i
    inner join {{ ref('int_clause_dues') }} as d on i.verdict_id = d.verdict_id
    inner join {{ ref('int_handoffs') }} as h on i.handoff_id = h.handoff_id
    inner join {{ ref('int_handoffs') }} as o on h.person_id = o.person_id and h.handoff_id <> o.handoff_id
    inner join returns as r on o.handoff_id = r.handoff_id and r.returned_at <= d.due_hi
    where i.clause_kind = 'returned_to_nurture'
    group by i.verdict_id
),

passages as (
    select
        handoff_id, person_id, agreement_version,
        lead(mql_at) over (partition by person_id order by passage_no) as next_mql_at
    from {{ ref('int_handoffs') }}
)

select
    i.verdict_id,
    d.due_hi as due_at,
    r.returned_at as met_at,
    'conversion' as basis,
    case
        when d.due_hi is null then 'not_judgeable/outside_calendar'
        when r.returned_at <= d.due_hi then 'met'
        when i.started_at < {{ go_live() }} then 'not_applicable/before_go_live'
        when p.main_rd_contact_uuid is null then 'not_applicable/no_email'
        when p.consent_status = 'declined' then 'not_applicable/consent_declined'
        when p.consent_status = 'unknown' and v.consent_unknown = 'refuse' then 'not_applicable/consent_unknown'
        when v.return_at_most <= e.times then 'not_applicable/returned_too_often'
        when {{ add_seconds('e.last_at', 'v.return_cooling_off_seconds') }} > d.due_hi then 'not_applicable/cooling_off'
        when h.next_mql_at <= d.due_hi then 'not_applicable/new_passage'
        when r.returned_at > d.due_hi or {{ as_of() }} > d.due_hi then 'breached'
        else 'running'
    end as judgement,
    case when r.returned_at is not null then coalesce('conversion:' || r.event_identifier, 'enrolment') end as evidence
from {{ ref('int_clause_index') }} as i
inner join passages as h on i.handoff_id = h.handoff_id
left join {{ ref('int_people') }} as p on h.person_id = p.person_id
left join {{ ref('stg_agreement__versions') }} as v on i.agreement_version = v.agreement_version
left join {{ ref('int_clause_dues') }} as d on i.verdict_id = d.verdict_id
left join returns as r on i.handoff_id = r.handoff_id
left join earlier as e on i.verdict_id = e.verdict_id
where i.clause_kind = 'returned_to_nurture'
