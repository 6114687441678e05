-- Scores stamped at the hand-over (last seen at or before it) and the temperature that the agreement derives: hot by a
-- buying-signal conversion within the agreed days or by interest; all else is `other`. An exported list may say it.
with scores as (
    select
        passages.handoff_id,
        observations.fit,
        observations.interest,
        row_number() over (
            partition by passages.handoff_id
            order by
                observations.observed_at desc nulls last,
                observations.contact_uuid desc nulls last,
                observations.observation_no desc nulls last
        ) as recency
    from {{ ref("int_passages") }} as passages
    inner join {{ ref("int_lifecycle_observations") }} as observations
        on passages.person_id = observations.person_id and observations.observed_at <= passages.mql_at
    where observations.fit is not null or observations.interest is not null
),

buying_signals as (
    select distinct passages.handoff_id
    from {{ ref("int_passages") }} as passages
    inner join {{ ref("stg_agreement__hot_signals") }} as hot_signals
        on passages.agreement_version = hot_signals.agreement_version
    inner join {{ ref("int_conversions") }} as conversions
        on
            passages.person_id = conversions.person_id
            and hot_signals.conversion_identifier = conversions.event_identifier
            and conversions.occurred_at <= passages.mql_at
            and conversions.occurred_at >= {{ add_seconds("passages.mql_at", "-86400 * passages.hot_signal_days") }}
    where not conversions.is_return
)

select
    passages.handoff_id,
    case
        when handoffs.temperature is not null then handoffs.temperature
        when buying_signals.handoff_id is not null or scores.interest >= passages.hot_interest_min then 'hot'
        else 'other'
    end as temperature,
    scores.fit as fit_score,
    scores.interest as interest_score
from {{ ref("int_passages") }} as passages
left join scores on passages.handoff_id = scores.handoff_id and scores.recency = 1
left join buying_signals on passages.handoff_id = buying_signals.handoff_id
left join {{ ref("stg_files__handoffs") }} as handoffs
    on passages.source_system = 'files' and passages.opening_record = 'files:handoff:' || handoffs.handoff_key
