-- The spans that make passages: per person, one per signal (mark, qualification) and one per deal of the integration.
-- A signal waits for its deal as long as the agreement says; one that falls inside such a deal attaches and prolongs
-- nothing.
with deals as (
    select
        person_id,
        opportunity_id,
        deal_id,
        created_at as start_at,
        coalesce(closed_at, {{ forever() }}) as end_at
    from {{ ref("int_deals") }}
    where is_signal and person_id is not null
),

waiting as (
    select
        signals.signal_id,
        signals.person_id,
        signals.signal_at,
        signals.opening_record,
        {{ add_seconds("signals.signal_at", "versions.inactivity_days * 86400") }} as patience_end,
        max(case when deals.start_at <= signals.signal_at then 1 else 0 end) as inside_a_deal,
        min(case when deals.start_at >= signals.signal_at then deals.start_at end) as next_deal_at
    from {{ ref("int_signals") }} as signals
    inner join {{ ref("stg_agreement__versions") }} as versions
        on signals.signal_at >= versions.in_force_from and signals.signal_at < versions.in_force_until
    left join deals on signals.person_id = deals.person_id and signals.signal_at <= deals.end_at
    where signals.kind in (1, 3)
    group by
        signals.signal_id, signals.person_id, signals.signal_at, signals.opening_record, versions.inactivity_days
)

select
    person_id,
    signal_id,
    cast(null as {{ dbt.type_string() }}) as opportunity_id,
    opening_record as record_key,
    signal_at as start_at,
    case
        when inside_a_deal = 1 then signal_at
        when next_deal_at <= patience_end then next_deal_at
        else patience_end
    end as end_at
from waiting

union all

select
    person_id,
    {{ hash_id("'" ~ crm_system() ~ ":deal:' || deal_id") }} as signal_id,
    opportunity_id,
    '{{ crm_system() }}:deal:' || deal_id as record_key,
    start_at,
    end_at
from deals
