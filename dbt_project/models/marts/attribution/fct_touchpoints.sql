-- What a person did with us before each hand-over and until it was decided: conversions in the look-back window, one per
-- form and second (a merged contact repeats its own), never our returns to nurture. An exported list brings the page it names.
{%- set days = var("attribution")["look_back_days"] %}
with visits as (
    select
        person_id, event_identifier as form, occurred_at, {{ local_date("occurred_at") }} as occurred_on, channel, campaign_id
    from {{ ref("int_conversions") }}
    where not is_return and not is_repeat and person_id is not null
),

touches as (
    select
        h.handoff_id, h.person_id, v.form, v.occurred_at, v.occurred_on, v.channel, v.campaign_id,
        'rd_station' as source_system,
        case
            when v.occurred_at <= h.mql_at or h.mql_at is null and v.occurred_on <= h.mql_date then 'mql'
            when v.occurred_at <= h.opportunity_at then 'opportunity'
            when h.won_date is not null then 'customer'
        end as before_stage,
        {{ hash_id("h.handoff_id || '|' || " ~ iso_seconds("v.occurred_at") ~ " || '|' || v.form") }} as touchpoint_id
    from {{ ref("int_handoffs") }} as h
    inner join visits as v on h.person_id = v.person_id
    where
        v.occurred_on >= {{ add_days("h.mql_date", -days) }}
        -- The win ends it, else the closing; an exported list may know the day alone.
        and v.occurred_on <= coalesce(h.won_date, h.closed_date, v.occurred_on)
        and v.occurred_at <= coalesce(h.won_at, case when h.won_date is null then h.closed_at end, v.occurred_at)
    union all
    select
        h.handoff_id, h.person_id, f.landing_page, f.mql_at, h.mql_date, f.channel, h.campaign_id, 'files', 'mql',
        {{ hash_id("h.handoff_id || '|files'") }}
    from {{ ref("stg_files__handoffs") }} as f
    inner join {{ ref("int_handoffs") }} as h on h.opening_record = 'files:handoff:' || f.handoff_key
)

select
    t.touchpoint_id, t.handoff_id, t.person_id,
    cast(row_number() over (
        partition by t.handoff_id order by t.occurred_on, t.occurred_at nulls last, t.form, t.touchpoint_id
    ) as bigint) as position,
    count(*) over (partition by t.handoff_id) as touches,
    t.before_stage, t.occurred_at, t.occurred_on,
    cast(max(t.occurred_on) over (partition by t.handoff_id) - t.occurred_on as bigint) as days_before_last,
    t.campaign_id, t.channel, t.form, p.name as content, t.source_system
from touches as t
left join {{ ref("int_pages") }} as p on t.form = p.identifier
