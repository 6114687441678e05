-- What stops each response clock: the first qualifying attempt on a deal of the passage (shared deals too), at the
-- instant that the clause names. Where the CRM records no call result the clause's fallback decides whether an
-- attempt counts; when it does not, the first such attempt is kept apart (`unknown_at`).
with candidates as (
    select
        i.verdict_id,
        a.attempt_id,
        a.source_id,
        case when i.attempt_instant = 'logged_at' then a.logged_at else a.occurred_at end as stop_at,
        case when a.counts_as_contact and i.stops_at = 'first_contact' then 'contact' else 'attempt' end as basis,
        i.stops_at = 'first_attempt'
        or coalesce(a.counts_as_contact, i.fallback = 'attempt') as qualifies,
        a.counts_as_contact is null as is_unknown
    from {{ ref('int_response_index') }} as i
    inner join {{ ref('int_handoff_opportunities') }} as b on i.handoff_id = b.handoff_id
    inner join {{ ref('int_opportunities') }} as o on b.opportunity_id = o.opportunity_id and not o.is_copy
    inner join {{ ref('int_contact_attempts') }} as a on b.opportunity_id = a.opportunity_id
    where a.occurred_at >= i.mql_at and a.occurred_at <= {{ as_of() }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by verdict_id
            order by case when qualifies then 0 else 1 end, stop_at, attempt_id
        ) as place
    from candidates
    where stop_at <= {{ as_of() }} and (qualifies or is_unknown)
)

select
    verdict_id,
    max(case when place = 1 and qualifies then stop_at end) as stop_at,
    max(case when place = 1 and qualifies then basis end) as basis,
    max(case when place = 1 and qualifies then 'attempt:' || source_id end) as evidence,
    min(case when not qualifies then stop_at end) as unknown_at
from ranked
group by verdict_id
