-- Whether the attempts followed the steps: the right channel each time, with the agreed time between two of them. Only
-- attempts by a channel of the cadence count, and only until the lead became an SQL or was won. The first violation
-- decides.
with clauses as (
    select i.*, least(h.sql_at, h.won_at) as ended_at
    from {{ ref('int_clause_index') }} as i
    inner join {{ ref('int_handoffs') }} as h on i.handoff_id = h.handoff_id
    where i.clause_kind = 'cadence_order'
),

steps as (
    select agreement_version, clause_id, item_no, value as channel, count(*) over (partition by agreement_version, clause_id)
        as steps
    from {{ ref('stg_agreement__clause_items') }}
    where item_kind = 'step'
),

needs as (
    {{ cadence_needs() | indent(4) }}
),

tried as (
    select
        c.verdict_id, c.agreement_version, c.clause_id, c.spacing_seconds, c.spacing_clock,
        case when c.spacing_clock = 'business' then c.calendar_hash end as spacing_calendar,
        a.source_id, a.channel, a.occurred_at,
        row_number() over (partition by c.verdict_id order by a.occurred_at, a.attempt_id) as attempt_no,
        lag(a.occurred_at) over (partition by c.verdict_id order by a.occurred_at, a.attempt_id) as previous_at
    from clauses as c
    inner join {{ ref('int_handoff_attempt_links') }} as a on c.handoff_id = a.handoff_id
    inner join needs as n
        on c.agreement_version = n.agreement_version and c.clause_id = n.clause_id and a.channel = n.channel
    where c.ended_at is null or a.occurred_at < c.ended_at
),

checked as (
    select
        t.verdict_id, t.attempt_no, t.source_id, t.occurred_at, s.steps,
        case
            when t.channel <> s.channel then 'out_of_order'
            when t.spacing_clock = 'business'
                and {{ worked_before('t.occurred_at', 'd2') }} - {{ worked_before('t.previous_at', 'd1') }}
                < t.spacing_seconds then 'too_soon'
            when t.spacing_clock = 'elapsed'
                and {{ epoch_seconds('t.occurred_at') }} - {{ epoch_seconds('t.previous_at') }} < t.spacing_seconds
                then 'too_soon'
        end as violation
    from tried as t
    inner join steps as s
        on t.agreement_version = s.agreement_version and t.clause_id = s.clause_id and t.attempt_no = s.item_no
    left join {{ ref('stg_agreement__calendar_days') }} as d1
        on t.spacing_calendar = d1.calendar_hash and cast(t.previous_at as date) = d1.utc_date
    left join {{ ref('stg_agreement__calendar_days') }} as d2
        on t.spacing_calendar = d2.calendar_hash and cast(t.occurred_at as date) = d2.utc_date
),

decided as (
    select verdict_id, violation, source_id, occurred_at
    from (
        select
            *,
            row_number() over (
                partition by verdict_id order by case when violation is null then 1 else 0 end, attempt_no
            ) as place
        from checked
        where violation is not null or attempt_no = steps
    ) as deciding
    where place = 1
)

select
    c.verdict_id,
    d.due_hi as due_at,
    case when r.violation is null then r.occurred_at end as met_at,
    'attempt' as basis,
    case
        when r.violation is not null then 'breached/' || r.violation
        when r.verdict_id is not null then 'met'
        when c.ended_at is not null then 'not_applicable/advanced'
        when c.closed_at is not null then 'not_applicable/closed'
        when d.due_hi is null then 'not_judgeable/outside_calendar'
        when {{ as_of() }} > d.due_hi then 'not_applicable/incomplete'
        else 'running'
    end as judgement,
    'attempt:' || r.source_id as evidence
from clauses as c
left join {{ ref('int_clause_dues') }} as d on c.verdict_id = d.verdict_id
left join decided as r on c.verdict_id = r.verdict_id
