-- Consent of each person by purpose. In one contact the latest evidence wins; over the person's live contacts one refusal
-- wins over every permission. Communications has a row for everybody; for it, status is dim_people's consent_status.
with evidence as (
    select
        e.*,
        row_number() over (
            partition by e.person_id, e.purpose
            order by
                case e.status when 'declined' then 1 when 'granted' then 2 else 3 end, e.last_seen_at desc nulls last, e.source_id
        ) as place
    from {{ ref('fct_consent_events') }} as e
    inner join {{ ref('stg_rd_station__contacts') }} as c on e.source_id = c.contact_uuid
    where e.is_current and not c.is_deleted
),

purposes as (
    select person_id, 'communications' as purpose from {{ ref('int_people') }}
    union
    select person_id, purpose from evidence
)

select
    p.person_id,
    p.purpose,
    coalesce(e.status, 'unknown') as status,
    e.legal_basis,
    e.source_system,
    e.source_id,
    e.first_seen_at as since_at,
    e.last_seen_at
from purposes as p
left join evidence as e on p.person_id = e.person_id and p.purpose = e.purpose and e.place = 1
