-- MQL signals of a person: the opportunity mark, a deal made by the integration, a transition to "Qualified Lead", a
-- row of an exported list. One opening record each; `kind` fixes the order among equal instants. A mark that we set
-- ourselves (sync `opportunity`) is an echo, no signal.
with own_marks as (
    select
        deals.person_id,
        pushes.from_at,
        pushes.until_at
    from {{ ref("int_mark_pushes") }} as pushes
    inner join {{ ref("int_deals") }} as deals on pushes.opportunity_id = deals.opportunity_id
),

marks as (
    select distinct
        nodes.person_id,
        events.occurred_at as signal_at,
        events.contact_uuid,
        'rd_station:opportunity:' || events.contact_uuid || ':' || {{ iso_seconds("events.occurred_at") }}
            as opening_record
    from {{ ref("stg_rd_station__conversions") }} as events
    inner join {{ ref("int_person_nodes") }} as nodes
        on events.contact_uuid = nodes.source_id and nodes.source_system = 'rd_station'
    left join own_marks
        on
            nodes.person_id = own_marks.person_id
            and events.occurred_at >= own_marks.from_at
            and events.occurred_at <= own_marks.until_at
    where events.event_type = 'OPPORTUNITY' and own_marks.person_id is null
),

deals as (
    select
        person_id,
        created_at as signal_at,
        '{{ crm_system() }}:deal:' || deal_id as opening_record
    from {{ ref("int_deals") }}
    where is_signal and person_id is not null
),

first_certain as (
    select
        person_id,
        min(signal_at) as signal_at
    from (
        select person_id, signal_at from marks
        union all
        select person_id, signal_at from deals
    ) as certain
    group by person_id
),

-- A contact that was qualified when it was first seen may owe that to the mark or deal that already opened its passage.
qualifications as (
    select distinct
        qualified.person_id,
        qualified.qualified_at as signal_at,
        qualified.origin,
        qualified.not_before,
        qualified.contact_uuid,
        'rd_station:qualified:' || qualified.contact_uuid || ':' || {{ iso_seconds("qualified.qualified_at") }}
            as opening_record
    from {{ ref("int_qualifications") }} as qualified
    left join first_certain on qualified.person_id = first_certain.person_id
    where
        not qualified.is_first_observation
        or first_certain.signal_at is null
        or first_certain.signal_at > qualified.observed_at
),

signals as (
    select
        person_id,
        1 as kind,
        'opportunity_mark' as origin,
        signal_at,
        {{ local_date("signal_at") }} as signal_date,
        signal_at as not_before,
        opening_record,
        contact_uuid
    from marks

    union all

    select
        person_id,
        2 as kind,
        'crm_deal' as origin,
        signal_at,
        {{ local_date("signal_at") }} as signal_date,
        signal_at as not_before,
        opening_record,
        cast(null as {{ dbt.type_string() }}) as contact_uuid
    from deals

    union all

    select
        person_id,
        3 as kind,
        min(origin) as origin,
        signal_at,
        {{ local_date("signal_at") }} as signal_date,
        max(not_before) as not_before,
        opening_record,
        contact_uuid
    from qualifications
    group by person_id, signal_at, opening_record, contact_uuid

    union all

    select
        nodes.person_id,
        4 as kind,
        'file' as origin,
        handoffs.mql_at as signal_at,
        handoffs.mql_on as signal_date,
        handoffs.mql_at as not_before,
        'files:handoff:' || handoffs.handoff_key as opening_record,
        cast(null as {{ dbt.type_string() }}) as contact_uuid
    from {{ ref("stg_files__handoffs") }} as handoffs
    inner join {{ ref("int_person_nodes") }} as nodes on handoffs.person_node = nodes.node
)

select
    {{ hash_id("opening_record") }} as signal_id,
    person_id,
    kind,
    signal_at,
    signal_date,
    origin,
    not_before,
    opening_record,
    contact_uuid
from signals
