-- Whether the whole cadence was made in time: as many attempts of each channel as its steps ask for. What decides is when
-- the last missing one was made.
with clauses as (
    select i.*, least(h.sql_at, h.won_at) as ended_at
    from {{ ref('int_clause_index') }} as i
    inner join {{ ref('int_handoffs') }} as h on i.handoff_id = h.handoff_id
    where i.clause_kind = 'attempts_made'
),

needs as (
    {{ cadence_needs() | indent(4) }}
),

numbered as (
    select
        *,
        row_number() over (partition by handoff_id, channel order by occurred_at, attempt_id) as attempt_no
    from {{ ref('int_handoff_attempt_links') }}
),

-- The completing attempt of each channel; the last of them completes the cadence.
completed as (
    select
        c.verdict_id, a.occurred_at, a.source_id,
        row_number() over (partition by c.verdict_id order by a.occurred_at desc nulls last, a.attempt_id desc nulls last)
            as place,
        sum(case when a.attempt_id is null then 1 else 0 end) over (partition by c.verdict_id) as missing
    from clauses as c
    inner join needs as n on c.agreement_version = n.agreement_version and c.clause_id = n.clause_id
    left join numbered as a
        on c.handoff_id = a.handoff_id and n.channel = a.channel and n.needed = a.attempt_no
),

judged as (
    select
        *,
        {{ cadence_at('due_lo') | indent(8) }} as judgement_lo,
        {{ cadence_at('due_hi') | indent(8) }} as judgement_hi
    from (
        select
            c.verdict_id, c.closed_at, c.ended_at, d.due_lo, d.due_hi,
            s.occurred_at as stop_at,
            'attempt:' || s.source_id as evidence
        from clauses as c
        left join {{ ref('int_clause_dues') }} as d on c.verdict_id = d.verdict_id
        left join completed as s on c.verdict_id = s.verdict_id and s.place = 1 and s.missing = 0
    ) as clocks
)

select
    verdict_id,
    due_hi as due_at,
    stop_at as met_at,
    'attempt' as basis,
    {{ judged_at_both_ends('judgement_lo', 'judgement_hi') | indent(4) }} as judgement,
    evidence
from judged
