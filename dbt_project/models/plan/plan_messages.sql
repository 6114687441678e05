-- What a chat channel should hear: a hot lead that waits, a clause about to be broken, a broken one, a win. Each once
-- (key: what it is about and the kind); and a push-back that is not well, once a day. Only what is fresh: a message about the week before last helps nobody.
with fresh as (
    select {{ add_seconds(as_of(), -172800) }} as since
),

running as (
    select
        c.verdict_id, c.handoff_id, c.clause_id, c.started_at, c.due_at, c.clock, c.seller_id,
        case when c.clock = 'business' then c.remaining_business_seconds else c.remaining_seconds end as left_seconds,
        c.clause_kind = 'response_time' and c.temperature = 'hot' as is_hot,
        c.limit_seconds
    from {{ ref('rpt_open_clocks') }} as c
    where c.state = 'running' and c.subject_type = 'handoff' and c.limit_seconds is not null
),

alerts as (
    select
        verdict_id as subject_id, 'hot_waiting' as kind, verdict_id, handoff_id, started_at as happened_at, due_at, left_seconds,
        clock, seller_id
    from running
    where is_hot
    union all
    select verdict_id, 'about_to_breach', verdict_id, handoff_id, due_at, due_at, left_seconds, clock, seller_id
    from running
    where left_seconds * 4 <= limit_seconds
    union all
    select
        v.verdict_id, 'breach', v.verdict_id, v.handoff_id, v.due_at, v.due_at,
        {{ epoch_seconds('v.due_at') }} - {{ epoch_seconds('coalesce(v.met_at, ' ~ as_of() ~ ')') }}, 'elapsed', v.seller_id
    from {{ ref('int_clause_verdicts') }} as v
    inner join fresh on v.due_at > fresh.since
    where v.verdict = 'breached' and v.subject_type = 'handoff'
    union all
    select
        h.handoff_id, 'win', cast(null as {{ dbt.type_string() }}), h.handoff_id, h.won_at, cast(null as timestamp),
        cast(null as bigint), cast(null as {{ dbt.type_string() }}), h.seller_id
    from {{ ref('int_handoffs') }} as h
    inner join fresh on h.won_at > fresh.since
),

told as (
    select alerts.*, alerts.kind as occurrence, {{ no_text() }} as about_sync, {{ no_text() }} as health_reason, {{ no_text() }} as health_status
    from alerts
    union all
    select
        sync, 'delivery_degraded', {{ no_text() }}, {{ no_text() }}, {{ as_of() }}, cast(null as timestamp), cast(null as bigint),
        {{ no_text() }}, {{ no_text() }}, 'delivery_degraded:' || {{ as_text('day') }}, sync, reason, status
    from {{ ref('rpt_delivery_health') }}
    where period = 'present' and status <> 'ok'
)

select
    a.subject_id, a.occurrence, a.kind, a.handoff_id, h.person_id, a.happened_at, a.due_at as deadline_at, a.due_at,
    cast(a.left_seconds as bigint) as remaining_seconds, a.clock, v.clause_id, v.clause_title_pt, v.clause_title_en,
    h.agreement_version, s.seller_label, h.channel as channel_label, o.source_id as deal_id,
    case when a.kind = 'win' then o.amount end as amount,
    o.currency, a.about_sync, a.health_reason, a.health_status,
    cast(o.amount as decimal(18, 2)) as value,
    'granted' as consent_status,  -- colleagues are told, not the lead: nobody's consent is needed
    cast(case a.kind when 'hot_waiting' then 1 when 'about_to_breach' then 2 when 'breach' then 3 when 'delivery_degraded' then 4 else 5 end as bigint)
        as priority,
    true as eligible,
    cast(null as {{ dbt.type_string() }}) as refusal_reason
from told as a
left join {{ ref('int_handoffs') }} as h on a.handoff_id = h.handoff_id
left join {{ ref('int_clause_verdicts') }} as v on a.verdict_id = v.verdict_id
left join {{ ref('dim_sellers') }} as s on a.seller_id = s.seller_id
left join {{ ref('int_opportunities') }} as o on h.primary_opportunity_id = o.opportunity_id
