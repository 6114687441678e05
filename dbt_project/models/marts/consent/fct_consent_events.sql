-- Own history of consent: each change of a contact's legal basis as it was observed, per purpose. A change happened between
-- the last look that still saw the state before it and the first look that saw it.
with changes as (
    select
        l.*,
        case
            when lag(l.status) over w = l.status
                and coalesce(lag(l.legal_basis) over w, '') = coalesce(l.legal_basis, '') then 0
            else 1
        end as is_change
    from {{ ref('int_consent_looks') }} as l
    window w as (partition by l.contact_uuid, l.purpose order by l.load_seq)
),

states as (
    select
        c.*,
        sum(c.is_change) over (partition by c.contact_uuid, c.purpose order by c.load_seq rows unbounded preceding) as state_no
    from changes as c
)

select
    {{ hash_id("'rd_station:' || s.contact_uuid || '|' || s.purpose || '|' || " ~ as_text("min(s.load_seq)")) }} as consent_event_id,
    n.person_id,
    'rd_station' as source_system,
    s.contact_uuid as source_id,
    s.purpose,
    s.legal_basis,
    s.status,
    min(s.seen_at) as first_seen_at,
    max(s.seen_at) as last_seen_at,
    cast(count(*) as bigint) as looks,
    max(s.state_no) = max(s.last_state_no) as is_current
from (
    select states.*, max(state_no) over (partition by contact_uuid, purpose) as last_state_no from states
) as s
inner join {{ ref('int_person_nodes') }} as n on n.source_system = 'rd_station' and s.contact_uuid = n.source_id
group by n.person_id, s.contact_uuid, s.purpose, s.state_no, s.legal_basis, s.status
