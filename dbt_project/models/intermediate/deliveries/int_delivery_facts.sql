-- What counts of each delivery for the health of its sync. Whether it should have been seen again by now follows the time
-- that orchestration allows each sync; a sync without one cannot be seen again. A delivery that waits for its subject
-- (state planned) is nobody's delay.
{%- set limits = var('delivery_confirm_seconds') %}
select
    d.delivery_id, d.sync, d.state,
    {{ local_date('d.planned_at') }} as planned_date,
    d.sent_at is not null as is_sent,
    d.state in ('accepted', 'confirmed') as is_accepted,
    case
        when d.state <> 'refused' then null
        when d.refusal_reason in ('consent_declined', 'consent_unknown') then 'consent'
        when d.refusal_reason in ('suppressed', 'forgotten') then 'suppressed'
        else 'other'
    end as refused_kind,
    d.state = 'dead' and coalesce(d.refusal_reason, '') <> 'cancelled_by_person' as is_given_up,
    case when d.state in ('pending', 'sending', 'failed')
        then {{ epoch_seconds(as_of()) }} - {{ epoch_seconds('d.planned_at') }}
    end as waiting_seconds,
    d.delivered_at,
    {{ seconds_between('o.happened_at', 'd.delivered_at') }} as accept_seconds,
    {{ seconds_between('d.delivered_at', 'd.confirmed_at') }} as confirm_seconds,
    coalesce(d.state = 'accepted' and {{ epoch_seconds(as_of()) }} - {{ epoch_seconds('d.delivered_at') }} > case d.sync
        {%- for sync, seconds in limits.items() %}
        when '{{ sync }}' then {{ seconds | int }}
        {%- endfor %}
        when '' then 0
    end, false) as is_unseen,
    d.state in ('pending', 'sending', 'failed', 'held')
    or {{ epoch_seconds(as_of()) }} - {{ epoch_seconds('d.planned_at') }} <= 86400 * {{ var('delivery_health_days') | int }}
        as is_present
from {{ ref('fct_deliveries') }} as d
inner join {{ ref('stg_deliveries__outbox') }} as o on d.delivery_id = o.delivery_id
where d.planned_at is not null
