-- Transitions to "Qualified Lead" that are a signal. A contact that was qualified when it was first seen may owe that to the
-- mark or deal that already opened its passage.
with first_certain as (
    select
        person_id,
        min(signal_at) as signal_at
    from (
        select person_id, signal_at from {{ ref("int_opportunity_marks") }}
        union all
        select person_id, created_at as signal_at from {{ ref("int_deals") }} where is_signal and person_id is not null
    ) as certain
    group by person_id
)

select
    qualified.person_id,
    qualified.contact_uuid,
    qualified.qualified_at as signal_at,
    min(qualified.origin) as origin,
    max(qualified.not_before) as not_before,
    'rd_station:qualified:' || qualified.contact_uuid || ':' || {{ iso_seconds("qualified.qualified_at") }} as opening_record
from {{ ref("int_qualifications") }} as qualified
left join first_certain on qualified.person_id = first_certain.person_id
where
    not qualified.is_first_observation
    or first_certain.signal_at is null
    or first_certain.signal_at > qualified.observed_at
group by qualified.person_id, qualified.contact_uuid, qualified.qualified_at
