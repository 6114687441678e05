-- The funnel by cohort month (lead: first contact; later stages: mql_date) and channel. "Reached" counts this stage or a
-- later one; a skipped stage was passed over without an entry. Percentiles are observed values (nearest rank). Renewals and
-- expansions follow the sale in no order, and are there when the company has recurring contracts.
with stages as (
{%- for name in funnel_stages() %}
    select '{{ name }}' as stage, {{ loop.index0 }} as stage_no union all
{%- endfor %}
{%- for name in stages_after_sale() %}
    select '{{ name }}', {{ stage_number("'" ~ name ~ "'") }} where exists (select 1 from {{ ref('int_recurring_spans') }}){{ " union all" if not loop.last }}
{%- endfor %}
),

members as (
    select
        h.handoff_id as member_id,
        {{ period_start('month', 'h.mql_date') }} as period_start,
        h.channel,
        coalesce(f.furthest_no, 1) as furthest_no,
        false as is_lead,
        h.status in ('rejected', 'lost', 'inactive') as is_lost
    from {{ ref('fct_handoffs') }} as h
    left join (select distinct handoff_id, furthest_no from {{ ref('int_handoff_stages') }}) as f
        on h.handoff_id = f.handoff_id
    union all
    select
        person_id, {{ period_start('month', 'lead_date') }}, channel, case when is_mql then 1 else 0 end, true, false
    from {{ ref('int_leads') }}
),

steps as (
    select
        m.period_start, coalesce(m.channel, '(vazio)') as channel_label, m.channel, s.stage, s.stage_no,
        m.furthest_no, m.is_lost, e.seconds_from_previous as seconds,
        m.is_lead or e.handoff_id is not null as is_entered,
        case when {{ follows_sale('s.stage_no') }} then e.handoff_id is not null else m.furthest_no >= s.stage_no end as is_reached,
        m.furthest_no > s.stage_no and not {{ follows_sale('s.stage_no') }} as is_passed,
        count(e.seconds_from_previous) over (partition by m.period_start, m.channel, s.stage) as timed,
        row_number() over (
            partition by m.period_start, m.channel, s.stage order by e.seconds_from_previous asc nulls last, m.member_id
        ) as place
    from members as m
    inner join stages as s on (m.is_lead and s.stage_no = 0) or (not m.is_lead and s.stage_no > 0)
    left join {{ ref('int_handoff_stages') }} as e on m.member_id = e.handoff_id and s.stage = e.stage
),

counted as (
    select
        period_start, channel, channel_label, stage, stage_no,
        sum(case when is_reached and is_entered then 1 else 0 end) as entered,
        sum(case when is_reached then 1 else 0 end) as reached_or_later,
        sum(case when is_passed then 1 else 0 end) as passed,
        sum(case when is_lost and furthest_no = stage_no then 1 else 0 end) as losses,
        min(case when place * 2 >= timed then seconds end) as median_seconds,
        min(case when place * 10 >= timed * 9 then seconds end) as p90_seconds
    from steps
    group by period_start, channel, channel_label, stage, stage_no
)

select
    period_start, channel, channel_label, stage, cast(stage_no as bigint) as stage_no,
    {{ funnel_stage_of('stage') }} as funnel_stage, {{ owner_area_of('stage') }} as owner_area,
    cast(entered as bigint) as entered,
    cast(reached_or_later as bigint) as reached_or_later,
    cast(reached_or_later - entered as bigint) as skipped,
    cast(passed as bigint) as passed,
    case when stage not in ('customer', 'renewal', 'expansion') then {{ ratio('cast(passed as bigint)', 'cast(reached_or_later as bigint)') }}
    end as conversion,
    {{ days_from_seconds('cast(median_seconds as bigint)') }} as median_days,
    {{ days_from_seconds('cast(p90_seconds as bigint)') }} as p90_days,
    cast(losses as bigint) as losses
from counted
