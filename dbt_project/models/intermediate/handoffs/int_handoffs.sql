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
            when passages.source_system = 'files' then
                case
                    when outcomes.won_date is not null then 'won'
                    when {{ add_days("passages.mql_date", "passages.inactivity_days") }} < {{ local_date(as_of()) }}
                        then 'inactive'
                    else 'open'
                end
            when outcomes.won_opportunity_id is not null then 'won'
            when outcomes.has_open_deal = 1 or passages.closed_at is null then 'open'
            when outcomes.failed_at is null then 'inactive'
            when outcomes.sql_at is null or outcomes.failed_at < outcomes.sql_at then 'rejected'
            else 'lost'
        end as status
    from {{ ref("int_passages") }} as passages
    left join {{ ref("int_handoff_outcomes") }} as outcomes on passages.handoff_id = outcomes.handoff_id
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
    attempts.first_attempt_at as first_contact_at,
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
    case when facts.source_system = 'files' then facts.won_at else facts.closed_at end as closed_at,
    case when facts.source_system = 'files' then facts.won_date else {{ local_date("facts.closed_at") }} end
        as closed_date,
    facts.primary_opportunity_id,
    case when facts.status = 'won' then facts.won_opportunity_id else closing_deal.opportunity_id end
        as closing_opportunity_id
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
