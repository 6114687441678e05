-- What became of each passage, from its own deals: milestones of the mapped stages, win, last closing, primary deal.
with deals as (
    select
        links.handoff_id,
        links.is_primary,
        opportunities.opportunity_id,
        opportunities.closed_at,
        opportunities.closed_date,
        opportunities.outcome,
        row_number() over (
            partition by links.handoff_id, opportunities.outcome
            order by opportunities.closed_date asc, opportunities.closed_at asc, opportunities.source_id asc
        ) as first_of_outcome,
        row_number() over (
            partition by links.handoff_id, opportunities.outcome
            order by
                opportunities.closed_date desc nulls last,
                opportunities.closed_at desc nulls last,
                opportunities.source_id desc nulls last
        ) as last_of_outcome
    from {{ ref("int_handoff_opportunities") }} as links
    inner join {{ ref("int_opportunities") }} as opportunities on links.opportunity_id = opportunities.opportunity_id
    where links.is_own
),

milestones as (
    select
        links.handoff_id,
        min(case when visits.funnel_stage = 'accepted' then visits.start_at end) as accepted_at,
        min(case when visits.funnel_stage in ('sql', 'opportunity', 'proposal') then visits.start_at end) as sql_at,
        min(case when visits.funnel_stage = 'opportunity' then visits.start_at end) as opportunity_at,
        min(case when visits.funnel_stage = 'proposal' then visits.start_at end) as proposal_at
    from {{ ref("int_handoff_opportunities") }} as links
    inner join {{ ref("int_stage_visits") }} as visits on links.opportunity_id = visits.opportunity_id
    where links.is_own
    group by links.handoff_id
),

per_passage as (
    select
        handoff_id,
        max(case when is_primary then opportunity_id end) as primary_opportunity_id,
        max(case when outcome in ('open', 'paused') then 1 else 0 end) as has_open_deal,
        max(case when outcome = 'won' and first_of_outcome = 1 then opportunity_id end) as won_opportunity_id,
        max(case when outcome = 'won' and first_of_outcome = 1 then closed_at end) as won_at,
        max(case when outcome = 'won' and first_of_outcome = 1 then closed_date end) as won_date,
        max(case when outcome = 'lost' and last_of_outcome = 1 then opportunity_id end) as failed_opportunity_id,
        max(case when outcome = 'lost' and last_of_outcome = 1 then closed_at end) as failed_at
    from deals
    group by handoff_id
)

select
    per_passage.handoff_id,
    per_passage.primary_opportunity_id,
    per_passage.has_open_deal,
    per_passage.won_opportunity_id,
    per_passage.won_at,
    per_passage.won_date,
    per_passage.failed_opportunity_id,
    per_passage.failed_at,
    milestones.accepted_at,
    coalesce(milestones.sql_at, per_passage.won_at) as sql_at,
    milestones.opportunity_at,
    milestones.proposal_at
from per_passage
left join milestones on per_passage.handoff_id = milestones.handoff_id
