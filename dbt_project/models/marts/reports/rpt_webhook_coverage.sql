-- What the webhooks missed: events that reading the systems found, and those of them that no webhook announced.
-- A webhook carries the instant of its event, not of its delivery, so it is looked for around that instant alone.
with hooks as (
    select system as source_system, object_kind, object_id, event_identifier, occurred_at
    from {{ ref('stg_inbox__events') }}
    where object_id is not null
),

-- A system that never delivered is not subscribed, or cannot: nothing is expected of it.
subscribed as (
    select source_system, min(occurred_at) as since
    from hooks
    group by source_system
),

happened as (
    select
        'rd_station' as source_system, 'contact' as object_kind, contact_uuid as object_id,
        case when event_type = 'CONVERSION' then 'conversion' else 'opportunity_mark' end as event_kind,
        case when event_type = 'CONVERSION' then event_identifier end as event_identifier,
        occurred_at, event_key
    from {{ ref('stg_rd_station__conversions') }}
    union all
    select '{{ crm_system() }}', 'deal', deal_id, 'deal_created', {{ no_text() }}, created_at, deal_id
    from {{ crm('deals') }}
    union all
    select '{{ crm_system() }}', 'deal', deal_id, 'deal_closed', {{ no_text() }}, closed_at, deal_id
    from {{ crm('deals') }}
    where closed_at is not null
    union all
    select '{{ crm_system() }}', 'deal', v.deal_id, 'deal_stage', {{ no_text() }}, v.start_at, v.visit_id
    from {{ crm('deal_stage_visits') }} as v
    inner join {{ crm('deals') }} as d on v.deal_id = d.deal_id
    where v.start_at > d.created_at
),

judged as (
    select
        e.source_system, e.event_kind, e.object_id, e.event_key, e.occurred_at,
        max(case when h.object_id is null then 0 else 1 end) as is_announced
    from happened as e
    inner join subscribed as s on e.source_system = s.source_system and e.occurred_at >= s.since
    left join hooks as h
        on
            e.source_system = h.source_system
            and e.object_kind = h.object_kind
            and e.object_id = h.object_id
            and coalesce(e.event_identifier, h.event_identifier, '') = coalesce(h.event_identifier, '')
            and h.occurred_at >= {{ add_seconds('e.occurred_at', -var('webhook_grace_seconds')) }}
            and h.occurred_at <= {{ add_seconds('e.occurred_at', var('webhook_grace_seconds')) }}
    group by 1, 2, 3, 4, 5
)

select
    {{ local_date('occurred_at') }} as event_date,
    source_system,
    event_kind,
    count(*) as events,
    cast(sum(is_announced) as bigint) as announced,
    cast(count(*) - sum(is_announced) as bigint) as missed,
    cast(sum(is_announced) * 1.0 / count(*) as decimal(18, 4)) as announced_share
from judged
group by 1, 2, 3
