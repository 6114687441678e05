-- Whether sales graded the lead in time. Where the CRM keeps no history, a grade above its default came between the fetch before
-- and the first fetch that showed it (or the deal's last change, when that was earlier). A grade whose instant decides and
-- is not known counts where the clause says so (`rated`).
with first_rating as (
    select handoff_id, changed_by as stop_hi, least(rating_not_before, changed_by) as stop_lo
    from (
        select
            *,
            row_number() over (partition by handoff_id order by observation_no) as place
        from {{ ref('int_primary_observations') }}
        where rating > {{ 0 if crm_keeps_history() else 1 }}
    ) as rated
    where place = 1
),

clocks as (
    select
        i.verdict_id, i.started_at, i.closed_at, i.fallback, d.due_lo, d.due_hi, o.source_id as deal_id,
        -- Exported lists have the grade without its instant: after the hand-over, by now.
        case when h.source_system <> 'files' then r.stop_lo when h.seller_rating is not null then i.not_before end
            as stop_lo,
        case when h.source_system <> 'files' then r.stop_hi when h.seller_rating is not null then {{ as_of() }} end
            as stop_hi
    from {{ ref('int_clause_index') }} as i
    inner join {{ ref('int_handoffs') }} as h on i.handoff_id = h.handoff_id
    left join {{ ref('int_opportunities') }} as o on h.primary_opportunity_id = o.opportunity_id
    left join {{ ref('int_clause_dues') }} as d on i.verdict_id = d.verdict_id
    left join first_rating as r on i.handoff_id = r.handoff_id
    where i.clause_kind = 'rating_given'
),

judged as (
    select
        *,
        {{ clock_at('due_lo', 'stop_lo', 'stop_hi') | indent(8) }} as judgement_lo,
        {{ clock_at('due_hi', 'stop_lo', 'stop_hi') | indent(8) }} as judgement_hi
    from clocks
),

at_both_ends as (
    select
        *,
        {{ judged_at_both_ends('judgement_lo', 'judgement_hi') | indent(8) }} as judgement
    from judged
),

fallen_back as (
    select
        *,
        stop_hi is not null and fallback = 'rated' and {{ verdict_of('judgement') }} = 'not_judgeable' as is_fallback
    from at_both_ends
)

select
    verdict_id,
    due_hi as due_at,
    case when stop_hi is not null and not is_fallback then greatest(stop_hi, started_at) end as met_at,
    case when is_fallback then 'rating_without_instant' else 'rating' end as basis,
    case when is_fallback then 'met' else judgement end as judgement,
    case when stop_hi is not null then 'deal:' || deal_id end as evidence
from fallen_back
