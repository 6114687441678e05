-- How soon a hand-over has an owner. The CRM keeps no history of owners: once it changed, the first one is known to have
-- come between two fetches.
with first_owner as (
    select handoff_id, not_before
    from (
        select
            handoff_id, not_before,
            row_number() over (partition by handoff_id order by observation_no) as place
        from {{ ref('int_primary_observations') }}
        where user_id is not null
    ) as owned
    where place = 1
),

clocks as (
    select
        i.verdict_id, i.started_at, i.closed_at, d.due_lo, d.due_hi,
        h.assigned_at as stop_hi,
        case when deal.user_changed or (deal.opportunity_id is not null and deal.user_id is null) then f.not_before
            else h.assigned_at end as stop_lo,
        o.source_id as deal_id
    from {{ ref('int_clause_index') }} as i
    inner join {{ ref('int_handoffs') }} as h on i.handoff_id = h.handoff_id
    left join {{ ref('int_clause_dues') }} as d on i.verdict_id = d.verdict_id
    left join {{ ref('int_opportunities') }} as o on h.primary_opportunity_id = o.opportunity_id
    left join {{ ref('int_deals') }} as deal on h.primary_opportunity_id = deal.opportunity_id
    left join first_owner as f on i.handoff_id = f.handoff_id
    where i.clause_kind = 'owner_at_birth'
),

-- An owner who was there before the hand-over was there at it.
counted as (
    select
        verdict_id, started_at, closed_at, due_lo, due_hi, deal_id,
        case when stop_hi is not null then greatest(stop_hi, started_at) end as stop_hi,
        case when stop_hi is not null then greatest(stop_lo, started_at) end as stop_lo
    from clocks
),

judged as (
    select
        *,
        {{ clock_at('due_lo', 'stop_lo', 'stop_hi') | indent(8) }} as judgement_lo,
        {{ clock_at('due_hi', 'stop_lo', 'stop_hi') | indent(8) }} as judgement_hi
    from counted
)

select
    verdict_id,
    due_hi as due_at,
    stop_hi as met_at,
    'owner' as basis,
    {{ judged_at_both_ends('judgement_lo', 'judgement_hi') | indent(4) }} as judgement,
    'deal:' || deal_id as evidence
from judged
