-- Where each hand-over was born: the person's last conversion at or before mql_at. An exported list names the page itself.
with ranked as (
    select
        h.handoff_id, c.event_identifier,
        row_number() over (
            partition by h.handoff_id
            order by c.occurred_at desc nulls last, c.event_identifier desc nulls last, c.event_key asc
        ) as place
    from {{ ref('int_handoffs') }} as h
    inner join {{ ref('int_conversions') }} as c on h.person_id = c.person_id and c.occurred_at <= h.mql_at
    where not c.is_return
)

select handoff_id, event_identifier as conversion_identifier
from ranked
where place = 1
union all
select {{ hash_id("'files:handoff:' || handoff_key") }} as handoff_id, landing_page as conversion_identifier
from {{ ref('stg_files__handoffs') }}
where landing_page is not null
