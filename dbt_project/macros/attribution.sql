{#- Attribution: the models there are, and how something is shared out without losing a cent. Parameters are the company's
    (`attribution` in bastao.yaml), never written here. -#}

{% macro attribution_models() -%}
{{ return(['first', 'last', 'linear', 'position_based', 'time_decay']) }}
{%- endmacro %}

{#- Rows (age_days, points): how many millionths of its points a touch keeps at that age, half of them per half-life. Worked
    out here, not in SQL: powers differ in their last digits from engine to engine. After 20 half-lives 1 is left. -#}
{% macro decay_points(half_life_days) -%}
(values
{%- for age in range(20 * half_life_days + 1) %} ({{ age }}, {{ (0.5 ** (age / half_life_days) * 1000000 + 0.5) | int }}){{ ',' if not loop.last }}
{%- endfor %})
{%- endmacro %}

{#- Whole number part of total * part / whole, rounded down; all of them whole numbers, 0 <= part <= whole. Running totals
    rounded like this and then subtracted from each other sum exactly to `total`: no share is a unit off its exact value. -#}
{% macro share_so_far(total, part, whole) -%}
cast(({{ total }} * {{ part }} - mod({{ total }} * {{ part }}, {{ whole }})) / {{ whole }} as bigint)
{%- endmacro %}
