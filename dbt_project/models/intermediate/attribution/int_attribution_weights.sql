-- How much of a hand-over each touch earns by each model, in millionths that sum to 1 000 000 per hand-over and model.
-- Points are whole numbers; only their proportion counts. A touch that a model gives nothing has no row.
{%- set settings = var("attribution") %}
{%- set first, last = settings["first_percent"], settings["last_percent"] %}
with decay as (
    select * from {{ decay_points(settings["half_life_days"]) }} as d (age_days, points)
),

pointed as (
    {%- for model in attribution_models() %}
    select
        t.touchpoint_id, t.handoff_id, t.position, '{{ model }}' as model,
        {%- if model == "first" %}
        case when t.position = 1 then 1 else 0 end as points
        {%- elif model == "last" %}
        case when t.position = t.touches then 1 else 0 end as points
        {%- elif model == "linear" %}
        1 as points
        {%- elif model == "position_based" %}
        case
            when t.touches = 1 then 1
            -- Of two there is none in the middle: first and last share as they would among themselves.
            when t.touches = 2 then case when t.position = 1 then {{ first }} else {{ last }} end
            when t.position = 1 then {{ first }} * (t.touches - 2)
            when t.position = t.touches then {{ last }} * (t.touches - 2)
            else {{ 100 - first - last }}
        end as points
        {%- else %}
        coalesce(d.points, 1) as points
        {%- endif %}
    from {{ ref("fct_touchpoints") }} as t
    {%- if model == "time_decay" %}
    left join decay as d on t.days_before_last = d.age_days
    {%- endif %}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

running as (
    select
        touchpoint_id, handoff_id, position, model, points,
        cast(sum(points) over (
            partition by handoff_id, model order by position rows between unbounded preceding and current row
        ) as bigint) as points_so_far,
        cast(sum(points) over (partition by handoff_id, model) as bigint) as all_points
    from pointed
),

shared as (
    select
        touchpoint_id, handoff_id, position, model,
        {{ share_so_far(1000000, "points_so_far", "all_points") }} as weight_so_far,
        {{ share_so_far(1000000, "(points_so_far - points)", "all_points") }} as weight_before
    from running
)

select touchpoint_id, handoff_id, position, model, weight_so_far - weight_before as weight, weight_so_far
from shared
where weight_so_far > weight_before
