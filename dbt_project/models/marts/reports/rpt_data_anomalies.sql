-- What is odd or missing in what the sources say, counted: per check and source, with the last five cases to look at.
with ranked as (
    select
        *, row_number() over (partition by anomaly, source_system, is_case order by day desc nulls last, subject_id asc) as place
    from {{ ref('int_data_checks') }}
),

counted as (
    select
        anomaly, source_system,
        cast(sum(case when is_case then 1 else 0 end) as bigint) as cases,
        count(*) as checked,
        min(case when is_case then day end) as first_day,
        max(case when is_case then day end) as last_day,
        {{ last_five('is_case', 'place', 'subject_id') }} as last_cases
    from ranked
    group by anomaly, source_system
)

select
    anomaly, source_system,
    case
        when anomaly like 'revenue%' then 'movement'
        when anomaly like 'win%' then 'opportunity'
        else 'handoff'
    end as subject_type,
    cases, cast(checked as bigint) as checked, {{ ratio('cases', 'checked') }} as share, first_day, last_day, last_cases
from counted
