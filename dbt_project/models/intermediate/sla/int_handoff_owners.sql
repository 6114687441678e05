-- Who owned the passage's primary deal, one after the other. The first owner counts from the assignment; a later one was
-- there by the first fetch that showed it, and not before the fetch before. Exported lists know one owner.
with changes as (
    select handoff_id, user_id, observed_at, not_before, observation_no
    from (
        select
            *,
            lag(user_id) over (partition by handoff_id order by observation_no) as previous_owner
        from {{ ref('int_primary_observations') }}
        where user_id is not null
    ) as shown
    where previous_owner is null or previous_owner <> user_id
),

numbered as (
    select
        *,
        row_number() over (partition by handoff_id order by observation_no) as owner_no
    from changes
),

owners as (
    select
        n.handoff_id,
        n.owner_no,
        {{ seller_id('n.user_id') }} as seller_id,
        case when n.owner_no = 1 then h.assigned_at else n.not_before end as from_not_before,
        case when n.owner_no = 1 then h.assigned_at else n.observed_at end as from_at
    from numbered as n
    inner join {{ ref('int_handoffs') }} as h on n.handoff_id = h.handoff_id
    union all
    select handoff_id, cast(1 as bigint) as owner_no, seller_id, assigned_at as from_not_before, assigned_at as from_at
    from {{ ref('int_handoffs') }}
    where source_system = 'files' and seller_id is not null
)

select
    *,
    lead(from_at) over (partition by handoff_id order by owner_no) as until_at
from owners
