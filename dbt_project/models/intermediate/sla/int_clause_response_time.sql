-- How soon sales reacts: the first qualifying attempt stops the clock, at the instant that the clause names. Where no call
-- result is recorded the clause's fallback says whether an attempt counts; when it does not, the first such attempt that
-- might have been the contact is kept apart (`unknown_at`). Clocks that accept an earlier contact are met by it at once.
with clocks as (
    select i.*, o.until_at
    from {{ ref('int_clause_index') }} as i
    left join {{ ref('int_handoff_owners') }} as o on i.handoff_id = o.handoff_id and i.owner_no = o.owner_no
    where i.clause_kind = 'response_time'
),

attempts as (
    select
        c.verdict_id, c.subject_type, c.started_at, c.until_at, a.attempt_id, a.source_id,
        case when c.attempt_instant = 'logged_at' then a.logged_at else a.occurred_at end as stop_at,
        case when a.counts_as_contact and c.stops_at = 'first_contact' then 'contact' else 'attempt' end as basis,
        c.stops_at = 'first_attempt' or coalesce(a.counts_as_contact, c.fallback = 'attempt') as qualifies,
        a.counts_as_contact is null as is_unknown,
        -- An owner answers for the time the lead was theirs; what came before counts for the passage, where the clause
        -- says so.
        c.subject_type = 'handoff' and (c.starts_at = 'mql_at' or c.earlier_contact) as takes_earlier
    from clocks as c
    inner join {{ ref('int_handoff_attempt_links') }} as a on c.handoff_id = a.handoff_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by verdict_id
            order by case when qualifies then 0 else 1 end, stop_at, attempt_id
        ) as place
    from attempts
    where stop_at <= {{ as_of() }} and (qualifies or is_unknown)
        and (takes_earlier or stop_at >= started_at)
        and (until_at is null or stop_at < until_at)
),

stops as (
    select
        verdict_id,
        max(case when place = 1 and qualifies then greatest(stop_at, started_at) end) as stop_at,
        max(case when place = 1 and qualifies then basis end) as basis,
        max(case when place = 1 and qualifies then 'attempt:' || source_id end) as evidence,
        min(case when not qualifies then stop_at end) as unknown_at
    from ranked
    group by verdict_id
),

contacted as (
    select distinct verdict_id
    from attempts
    where subject_type = 'ownership' and qualifies and stop_at < started_at
),

timing as (
    select
        c.verdict_id, c.stops_at, c.fallback, c.closed_at, c.until_at, d.due_lo, d.due_hi, s.unknown_at,
        e.verdict_id is not null as is_contacted,
        case when e.verdict_id is null then s.stop_at end as stop_at,
        case when e.verdict_id is null then s.basis end as basis,
        case when e.verdict_id is null then s.evidence end as evidence
    from clocks as c
    left join {{ ref('int_clause_dues') }} as d on c.verdict_id = d.verdict_id
    left join stops as s on c.verdict_id = s.verdict_id
    left join contacted as e on c.verdict_id = e.verdict_id
),

judged as (
    select
        *,
        {{ response_at('due_lo') | indent(8) }} as judgement_lo,
        {{ response_at('due_hi') | indent(8) }} as judgement_hi
    from timing
)

select
    verdict_id,
    due_hi as due_at,
    stop_at as met_at,
    coalesce(basis, case when stops_at = 'first_contact' and fallback = 'not_judgeable' then 'contact' else 'attempt' end)
        as basis,
    {{ judged_at_both_ends('judgement_lo', 'judgement_hi') | indent(4) }} as judgement,
    evidence
from judged
