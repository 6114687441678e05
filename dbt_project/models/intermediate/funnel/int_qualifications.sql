-- Transitions of a contact into "Qualified Lead", with the instant the agreement counts: the conversion that caused it
-- where one is known, else the observation; `not_before` bounds the uncertainty.
with staged as (
    select
        contact_uuid,
        person_id,
        observed_at,
        is_exact,
        lifecycle_stage = 'Qualified Lead' as is_qualified,
        lag(lifecycle_stage) over (partition by contact_uuid order by observation_no asc) as previous_stage,
        lag(observed_at) over (partition by contact_uuid order by observation_no asc) as previous_at
    from {{ ref("int_lifecycle_observations") }}
    where lifecycle_stage is not null
),

transitions as (
    select
        staged.contact_uuid,
        staged.person_id,
        staged.observed_at,
        staged.previous_at,
        staged.is_exact,
        max(conversions.occurred_at) as converted_at
    from staged
    left join {{ ref("int_conversions") }} as conversions
        on
            staged.contact_uuid = conversions.contact_uuid
            and not conversions.is_return
            and conversions.occurred_at <= staged.observed_at
            and (staged.previous_at is null or conversions.occurred_at > staged.previous_at)
    where staged.is_qualified and (staged.previous_stage is null or staged.previous_stage <> 'Qualified Lead')
    group by staged.contact_uuid, staged.person_id, staged.observed_at, staged.previous_at, staged.is_exact
),

dated as (
    select
        transitions.contact_uuid,
        transitions.person_id,
        transitions.observed_at,
        transitions.previous_at is null as is_first_observation,
        case
            when transitions.is_exact then transitions.observed_at
            else coalesce(transitions.converted_at, transitions.observed_at)
        end as qualified_at,
        case
            when transitions.is_exact or transitions.converted_at is not null then 'conversion' else 'snapshot'
        end as origin,
        case
            when transitions.is_exact then transitions.observed_at
            else coalesce(transitions.previous_at, contacts.created_at)
        end as not_before
    from transitions
    left join {{ ref("stg_rd_station__contacts") }} as contacts
        on transitions.contact_uuid = contacts.contact_uuid
)

select
    contact_uuid,
    person_id,
    observed_at,
    is_first_observation,
    qualified_at,
    origin,
    -- Not known means no uncertainty that could be shown; never later than the instant itself.
    case when not_before < qualified_at then not_before else qualified_at end as not_before
from dated
