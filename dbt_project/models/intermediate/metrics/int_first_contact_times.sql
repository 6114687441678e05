-- How long each hand-over waited for its first contact, on the clock of its clause. Without a contact the time is
-- censored: it waited at least so long (until it closed, or until now). One clause per passage: the strictest.
with clauses as (
    select
        v.handoff_id,
        'first_contact_' || h.temperature as metric,
        v.mql_date,
        case when v.clock = 'business' then v.observed_business else v.observed_elapsed end as seconds,
        v.met_at is null as is_censored,
        -- A waiver excuses; it does not change how long it took.
        v.unwaived_verdict as verdict,
        v.unwaived_reason as reason,
        row_number() over (partition by v.handoff_id order by v.limit_seconds, v.clause_id) as place
    from {{ ref('int_clause_verdicts') }} as v
    inner join {{ ref('int_handoffs') }} as h on v.handoff_id = h.handoff_id
    where v.clause_kind = 'response_time' and v.subject_type = 'handoff' and v.starts_at = 'mql_at'
),

times as (
    select * from clauses where place = 1
)

{% for period in ['month', 'week'] -%}
select
    t.metric, '{{ period }}' as period, {{ period_start(period, 't.mql_date') }} as period_start, d.dimension, d.value,
    t.handoff_id, t.seconds, t.is_censored, t.verdict, t.reason
from times as t
inner join {{ ref('int_handoff_dimensions') }} as d on t.handoff_id = d.handoff_id
{{ "union all" if not loop.last }}
{% endfor %}
