-- Opportunity marks of people in RD Station. A mark that we set ourselves (sync `opportunity`) is an echo, no signal.
with own_marks as (
    select
        deals.person_id,
        pushes.from_at,
        pushes.until_at
    from {{ ref("int_mark_pushes") }} as pushes
    inner join {{ ref("int_deals") }} as deals on pushes.opportunity_id = deals.opportunity_id
)

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
