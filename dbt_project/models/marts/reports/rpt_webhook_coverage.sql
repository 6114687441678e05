{%- set crm_events = [
    ("deal", "deal_created", "deal_id", "created_at", crm("deals"), "true"),
    ("deal", "deal_closed", "deal_id", "closed_at", crm("deals"), "closed_at is not null"),
    ("contact", "contact_created", "contact_id", "created_at", crm("contacts"), "not is_deleted"),
    ("organization", "organization_created", "organization_id", "created_at", crm("organizations"), "created_at is not null"),
    ("activity", "activity_logged", "task_id", "created_at", crm("tasks"), "created_at is not null"),
] -%}
-- What the webhooks missed: events that reading the systems found, those of them that a webhook announced, and how long each
-- took to be known. A webhook carries the instant of its event, not of its delivery: it is looked for around that alone.
with readings as (
    select 'rd_station' as source_system, rd.*
    from {{ ref('stg_rd_station__readings') }} as rd
    union all
    select '{{ crm_system() }}' as source_system, crm.*
    from {{ crm('readings') }} as crm
),

-- What a webhook names is an object of its sender; a lead and the deal made from it are one record here.
hooks as (
    select e.system as source_system, o.record_kind, o.record_id, e.event_identifier, e.occurred_at, e.received_at
    from {{ ref('stg_inbox__events') }} as e
    inner join (select distinct source_system, object_kind, object_id, record_kind, record_id from readings) as o
        on e.system = o.source_system and e.object_kind = o.object_kind and e.object_id = o.object_id
),

-- A system that never delivered a kind of record is not subscribed to it, or cannot be: nothing is expected of it.
subscribed as (
    select source_system, record_kind, min(occurred_at) as since
    from hooks
    group by source_system, record_kind
),

happened as (
    select
        'rd_station' as source_system, 'contact' as record_kind, contact_uuid as record_id,
        case when event_type = 'CONVERSION' then 'conversion' else 'opportunity_mark' end as event_kind,
        case when event_type = 'CONVERSION' then event_identifier end as event_identifier,
        occurred_at, event_key
    from {{ ref('stg_rd_station__conversions') }}
{%- for record_kind, event_kind, id, instant, relation, condition in crm_events %}
    union all
    select '{{ crm_system() }}', '{{ record_kind }}', {{ id }}, '{{ event_kind }}', {{ no_text() }}, {{ instant }}, {{ id }}
    from {{ relation }}
    where {{ condition }}
{%- endfor %}
    union all
    select '{{ crm_system() }}', 'deal', v.deal_id, 'deal_stage', {{ no_text() }}, v.start_at, v.visit_id
    from {{ crm('deal_stage_visits') }} as v
    inner join {{ crm('deals') }} as d on v.deal_id = d.deal_id
    where v.start_at > d.created_at
),

expected as (
    select e.*
    from happened as e
    inner join subscribed as s
        on e.source_system = s.source_system and e.record_kind = s.record_kind and e.occurred_at >= s.since
    where e.occurred_at <= {{ as_of() }}
),

announced as (
    select e.source_system, e.event_kind, e.record_id, e.event_key, min(h.received_at) as announced_at
    from expected as e
    inner join hooks as h
        on
            e.source_system = h.source_system
            and e.record_kind = h.record_kind
            and e.record_id = h.record_id
            and coalesce(e.event_identifier, h.event_identifier, '') = coalesce(h.event_identifier, '')
            and h.occurred_at >= {{ add_seconds('e.occurred_at', -var('webhook_grace_seconds')) }}
            and h.occurred_at <= {{ add_seconds('e.occurred_at', var('webhook_grace_seconds')) }}
    group by 1, 2, 3, 4
),

found as (
    select e.source_system, e.event_kind, e.record_id, e.event_key, e.occurred_at, min(r.first_read_at) as read_at
    from expected as e
    left join readings as r
        on
            e.source_system = r.source_system
            and e.event_kind = r.event_kind
            and e.record_id = r.record_id
            and (r.occurred_at is null or r.occurred_at = e.occurred_at)
    group by 1, 2, 3, 4, 5
),

judged as (
    select
        f.source_system, f.event_kind,
        {{ local_date('f.occurred_at') }} as event_date,
        a.announced_at is not null as is_announced,
        coalesce(a.announced_at <= f.read_at, a.announced_at is not null) as is_first,
        {{ seconds_between('f.occurred_at', 'a.announced_at') }} as announced_after,
        {{ seconds_between('f.occurred_at', 'f.read_at') }} as read_after
    from found as f
    left join announced as a
        on f.source_system = a.source_system and f.event_kind = a.event_kind and f.record_id = a.record_id and f.event_key = a.event_key
),

ranked as (
    select
        *,
        row_number() over (partition by event_date, source_system, event_kind, is_announced order by announced_after asc, read_after asc) as place,
        count(*) over (partition by event_date, source_system, event_kind, is_announced) as places
    from judged
)

select
    event_date,
    source_system,
    event_kind,
    count(*) as events,
    cast(sum(case when is_announced then 1 else 0 end) as bigint) as announced,
    cast(sum(case when is_first then 1 else 0 end) as bigint) as announced_first,
    cast(sum(case when is_announced then 0 else 1 end) as bigint) as missed,
    cast(sum(case when is_announced then 1 else 0 end) * 1.0 / count(*) as decimal(18, 4)) as announced_share,
    cast(min(case when is_announced and place * 2 >= places then announced_after end) as bigint) as median_announced_seconds,
    cast(min(case when not is_announced and place * 2 >= places then read_after end) as bigint) as median_missed_seconds,
    cast(max(case when not is_announced then read_after end) as bigint) as longest_missed_seconds
from ranked
group by 1, 2, 3
