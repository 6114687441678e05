-- The verdict of each row of the index. With an uncertain start the clock is judged at both ends: where they disagree
-- nobody can say, and the verdict is `not_judgeable: imprecise_start`.
with judged as (
    select
        *,
        {{ response_verdict_at('due_lo') | indent(8) }} as verdict_lo,
        {{ response_verdict_at('due_hi') | indent(8) }} as verdict_hi
    from {{ ref('int_response_timing') }}
),

reasoned as (
    select
        i.*,
        j.due_hi as due_at,
        j.stop_at as met_at,
        j.evidence,
        j.observed_elapsed,
        j.observed_business,
        coalesce(j.basis, case when i.stops_at = 'first_contact' and i.fallback = 'not_judgeable' then 'contact'
            else 'attempt' end) as basis,
        case
            when i.is_date_only then 'date_only'
            when j.verdict_lo is null or j.verdict_hi is null then 'outside_calendar'
            when j.verdict_lo <> j.verdict_hi then 'imprecise_start'
            when j.verdict_hi = 'not_judgeable' then 'no_call_result'
            when j.verdict_hi = 'not_applicable' then 'closed_before_due'
        end as reason,
        j.verdict_hi
    from {{ ref('int_response_index') }} as i
    left join judged as j on i.verdict_id = j.verdict_id
)

select
    *,
    case when reason is null or reason = 'closed_before_due' then verdict_hi else 'not_judgeable' end as verdict,
    case when met_at is not null then observed_elapsed end as elapsed_seconds,
    case when met_at is not null then observed_business end as business_seconds
from reasoned
