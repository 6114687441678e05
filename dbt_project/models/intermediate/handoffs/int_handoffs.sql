-- One row per passage with all its instants and its outcome. One won deal makes it won, whatever else is open.
with facts as (
    select
        passages.*,
        outcomes.primary_opportunity_id,
        outcomes.won_opportunity_id,
        outcomes.failed_opportunity_id,
        outcomes.won_at,
        outcomes.won_date,
        outcomes.failed_at,
        outcomes.accepted_at,
        outcomes.sql_at,
        outcomes.opportunity_at,
        outcomes.proposal_at,
        case
            when listed.status is not null then listed.status
            when outcomes.won_opportunity_id is not null then 'won'
            when outcomes.has_open_deal = 1 or passages.closed_at is null then 'open'
            when outcomes.failed_at is null then 'inactive'
            when outcomes.sql_at is null or outcomes.failed_at < outcomes.sql_at then 'rejected'
            else 'lost'
        end as status,
        case when listed.handoff_id is null then passages.closed_at else listed.closed_at end as ended_at,
        listed.closed_date as listed_closed_date,
        coalesce(listed.records_attempts, true) as records_attempts,
        coalesce(listed.records_owners, true) as records_owners,
        coalesce(listed.records_reasons, true) as records_reasons,
        coalesce(listed.records_ratings, true) as records_ratings
    from {{ ref("int_passages") }} as passages
    left join {{ ref("int_handoff_outcomes") }} as outcomes on passages.handoff_id = outcomes.handoff_id
    left join {{ ref("int_file_outcomes") }} as listed on passages.handoff_id = listed.handoff_id
)

select
    facts.handoff_id,
    facts.source_system,
    facts.opening_record,
    facts.person_id,
    primary_deal.company_id,
    facts.passage_no,
    origins.campaign_id,
    origins.channel,
    temperatures.temperature,
    temperatures.fit_score,
    temperatures.interest_score,
    facts.agreement_version,
    facts.agreement_hash,
    facts.calendar_hash,
    assignments.seller_id,
    facts.mql_at,
    facts.mql_at_origin,
    facts.mql_not_before,
    facts.mql_date,
    assignments.assigned_at,
    attempts.first_attempt_at,
    attempts.first_contact_at,
    case when facts.mql_at is not null then coalesce(attempts.attempts, 0) end as attempts,
    facts.accepted_at,
    facts.sql_at,
    case when facts.status = 'rejected' then facts.failed_at end as rejected_at,
    closing_deal.reason_code as rejection_reason,
    reasons.next_step,
    facts.opportunity_at,
    facts.proposal_at,
    facts.won_at,
    facts.won_date,
    case when facts.status = 'lost' then facts.failed_at end as lost_at,
    assignments.seller_rating,
    facts.status,
    facts.ended_at as closed_at,
    coalesce(facts.listed_closed_date, {{ local_date("facts.ended_at") }}) as closed_date,
    facts.primary_opportunity_id,
    case when facts.status = 'won' then facts.won_opportunity_id else closing_deal.opportunity_id end
        as closing_opportunity_id,
    facts.records_attempts,
    facts.records_owners,
    facts.records_reasons,
    facts.records_ratings
from facts
left join {{ ref("int_opportunities") }} as primary_deal
    on facts.primary_opportunity_id = primary_deal.opportunity_id
left join {{ ref("int_opportunities") }} as closing_deal
    on facts.failed_opportunity_id = closing_deal.opportunity_id and facts.status in ('rejected', 'lost')
left join {{ ref("stg_agreement__reasons") }} as reasons
    on facts.agreement_version = reasons.agreement_version and closing_deal.reason_code = reasons.reason_code
left join {{ ref("int_handoff_origins") }} as origins on facts.handoff_id = origins.handoff_id
left join {{ ref("int_handoff_temperatures") }} as temperatures on facts.handoff_id = temperatures.handoff_id
left join {{ ref("int_handoff_assignments") }} as assignments on facts.handoff_id = assignments.handoff_id
left join {{ ref("int_handoff_attempts") }} as attempts on facts.handoff_id = attempts.handoff_id
