-- By which calendar each seller works under each version: their own, else their team's, else the version's; and the same
-- (and every second of the day) without their absences, null when they have none.
with calendars as (
    select * from {{ ref('stg_agreement__calendars') }}
),

chosen as (
    select
        v.agreement_version,
        u.seller_id,
        u.email,
        coalesce(s.calendar_hash, t.calendar_hash, v.calendar_hash) as calendar_hash
    from {{ ref('int_seller_identities') }} as u
    cross join {{ ref('stg_agreement__versions') }} as v
    left join calendars as s
        on s.scope = 'seller' and s.agreement_version = v.agreement_version and s.key = u.email
    left join calendars as t
        on t.scope = 'team' and t.agreement_version = v.agreement_version and t.key = u.team_name
)

select
    c.agreement_version,
    c.seller_id,
    c.calendar_hash,
    a.calendar_hash as present_calendar_hash,
    e.calendar_hash as present_elapsed_hash
from chosen as c
left join calendars as a
    on a.scope = 'absence' and a.key = c.email and a.base_calendar_hash = c.calendar_hash
left join calendars as e
    on e.scope = 'absence' and e.key = c.email and e.base_calendar_hash = 'elapsed'
