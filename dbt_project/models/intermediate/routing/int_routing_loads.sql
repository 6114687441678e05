{%- set before = "over (partition by seller_email order by moment asc, kind asc, mql_at asc, handoff_id asc rows between unbounded preceding and 1 preceding)" -%}
-- How many open leads a seller with a capacity holds, and how many are promised to them, when each hand-over asks.
with limited as (
    select distinct seller_email from {{ ref('int_routing_candidates') }} where capacity is not null
),

owned as (
    select
        i.email as seller_email,
        greatest(o.from_at, h.mql_at) as held_from,
        least(coalesce(o.until_at, {{ forever() }}), coalesce(h.closed_at, {{ forever() }})) as held_until
    from {{ ref('int_handoff_owners') }} as o
    inner join {{ ref('int_handoffs') }} as h on o.handoff_id = h.handoff_id
    inner join {{ ref('int_seller_identities') }} as i on o.seller_id = i.seller_id
    inner join limited as l on i.email = l.seller_email
),

-- One time line per limited seller: hand-overs that come and go, and the questions in between. A lead that waits asks
-- at the end, when the earlier ones that wait have been promised.
time_line as (
    select seller_email, held_from as moment, 3 as kind, {{ no_text() }} as handoff_id, cast(null as timestamp) as mql_at, 1 as change, 0 as promise
    from owned
    where held_from < held_until
    union all
    select seller_email, held_until, 1, {{ no_text() }}, cast(null as timestamp), -1, 0
    from owned
    where held_from < held_until and held_until < {{ forever() }}
    union all
    select
        c.seller_email, case when c.is_waiting then {{ forever() }} else c.decided_at end, 2, c.handoff_id, c.mql_at, 0,
        case when c.is_waiting and c.place = 1 then 1 else 0 end
    from {{ ref('int_routing_candidates') }} as c
    inner join limited as l on c.seller_email = l.seller_email
),

asked as (
    select
        seller_email, handoff_id,
        coalesce(sum(change) {{ before }}, 0) as open_now,
        coalesce(sum(promise) {{ before }}, 0) as promised
    from time_line
)

select seller_email, handoff_id, open_now, promised
from asked
where handoff_id is not null
