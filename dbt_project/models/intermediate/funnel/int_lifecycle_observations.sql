-- What was ever seen of a contact's lifecycle stage and scores: funnel snapshots, and webhooks that carry the funnel.
-- A webhook shows the state at its event; a conversion webhook is exact. Webhooks of our own returns are left out.
with observations as (
    select
        contact_uuid,
        observed_at,
        lifecycle_stage,
        fit,
        interest,
        2 as source_rank,
        false as is_exact,
        row_seq as tie_breaker
    from {{ ref("stg_rd_station__funnels") }}

    union all

    select
        events.contact_uuid,
        events.occurred_at as observed_at,
        events.lifecycle_stage,
        events.fit,
        events.interest,
        1 as source_rank,
        events.event_type = 'WEBHOOK.CONVERTED' as is_exact,
        events.inbox_seq as tie_breaker
    from {{ ref("stg_inbox__events") }} as events
    left join (
        select distinct return_identifier
        from {{ ref("stg_agreement__reasons") }}
    ) as returns on events.event_identifier = returns.return_identifier
    where
        events.system = 'rd_station'
        and events.contact_uuid is not null
        and returns.return_identifier is null
)

select
    observations.contact_uuid,
    nodes.person_id,
    observations.observed_at,
    observations.lifecycle_stage,
    observations.fit,
    observations.interest,
    observations.is_exact,
    row_number() over (
        partition by observations.contact_uuid
        order by observations.observed_at asc, observations.source_rank asc, observations.tie_breaker asc
    ) as observation_no
from observations
inner join {{ ref("int_person_nodes") }} as nodes
    on observations.contact_uuid = nodes.source_id and nodes.source_system = 'rd_station'
