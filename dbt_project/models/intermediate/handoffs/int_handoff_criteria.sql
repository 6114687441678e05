-- Whether a hand-over meets the MQL criteria that data can decide, by the version in force, on facts known at mql_at. One
-- criterion that fails decides; else one that cannot be known leaves it open. Without such criteria there is no row.
with conversions as (
    select person_id, event_identifier, min(occurred_at) as first_at
    from {{ ref('int_conversions') }}
    where not is_return and person_id is not null
    group by person_id, event_identifier
),

-- The identifier is null for the other rules: a condition on one side alone would make DuckDB join by nested loops.
criteria_rules as (
    select *, case when rule = 'conversion_in' then value end as identifier
    from {{ ref('stg_agreement__mql_criteria') }}
),

answers as (
    select
        h.handoff_id,
        m.criterion_no,
        case m.rule
            when 'interest_at_least' then h.interest_score >= m.minimum
            when 'fit_at_least' then h.fit_score >= m.minimum
            when 'channel_in' then coalesce(h.channel = m.value, false)
            when 'conversion_in' then c.person_id is not null
        end as is_met
    from {{ ref('int_handoffs') }} as h
    inner join criteria_rules as m on h.agreement_version = m.agreement_version
    left join conversions as c
        on h.person_id = c.person_id and m.identifier = c.event_identifier and c.first_at <= h.mql_at
),

criteria as (
    select
        handoff_id,
        criterion_no,
        case
            when max(case when is_met then 1 else 0 end) = 1 then 'met'
            when max(case when is_met is null then 1 else 0 end) = 1 then 'unknown'
            else 'failed'
        end as result
    from answers
    group by handoff_id, criterion_no
)

select
    handoff_id,
    case
        when max(case when result = 'failed' then 1 else 0 end) = 1 then false
        when max(case when result = 'unknown' then 1 else 0 end) = 0 then true
    end as mql_criteria_met
from criteria
group by handoff_id
