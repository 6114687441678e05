-- Week by week, who kept which promise: hand-overs in the week their clock started, months in the week they began. The
-- clocks of single owners are left out: the hand-over's own clock counts the same promise once. Compliance counts judged
-- rows only; what could not be judged stands beside it.
with counted as (
    select
        {{ period_start('week', 'started_date') }} as week_start, area, clause_id,
        max(clause_kind) as clause_kind,
        max(clause_title_pt) as clause_title_pt,
        max(clause_title_en) as clause_title_en,
        max(subject_type) as subject_type,
        count(*) as subjects,
        sum(case when verdict in ('met', 'breached') then 1 else 0 end) as judged,
        sum(case when verdict = 'met' then 1 else 0 end) as met,
        sum(case when verdict = 'breached' then 1 else 0 end) as breached,
        sum(case when verdict = 'running' then 1 else 0 end) as running,
        sum(case when verdict = 'waived' then 1 else 0 end) as waived,
        sum(case when verdict = 'not_applicable' then 1 else 0 end) as not_applicable,
        sum(case when verdict = 'not_judgeable' then 1 else 0 end) as not_judgeable
    from {{ ref('fct_sla_verdicts') }}
    where subject_type in ('handoff', 'month')
    group by 1, 2, 3
)

select
    week_start, area, clause_id, clause_kind, clause_title_pt, clause_title_en, subject_type, subjects,
    cast(judged as bigint) as judged,
    cast(met as bigint) as met,
    cast(breached as bigint) as breached,
    cast(running as bigint) as running,
    cast(waived as bigint) as waived,
    cast(not_applicable as bigint) as not_applicable,
    cast(not_judgeable as bigint) as not_judgeable,
    {{ ratio('cast(met as bigint)', 'cast(judged as bigint)') }} as compliance
from counted
