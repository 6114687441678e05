{#
  Figures that must be equal to the last digit on every engine: division and rounding by whole numbers only
  (avg, round of a quotient and `/` of integers differ between DuckDB and PostgreSQL).
#}

{% macro half_up(part, whole) -%}
  {#- part / whole as a whole number (bigint), half rounded up. Both whole numbers, part >= 0, whole > 0. -#}
  cast((({{ part }}) * 2 + ({{ whole }}) - mod(({{ part }}) * 2 + ({{ whole }}), 2 * ({{ whole }})))
    / (2 * ({{ whole }})) as bigint)
{%- endmacro %}

{% macro ratio(part, whole) -%}
  {#- part / whole as decimal(18,4), half rounded up; null when whole is 0 or null. Both whole numbers >= 0. -#}
  case when {{ whole }} > 0 then cast({{ half_up('(' ~ part ~ ') * 10000', whole) }} * 0.0001 as decimal(18, 4)) end
{%- endmacro %}

{% macro days_from_seconds(seconds) -%}
  {#- Seconds (bigint >= 0) as days, decimal(18,2), half rounded up. -#}
  cast({{ half_up('(' ~ seconds ~ ') * 100', 86400) }} * 0.01 as decimal(18, 2))
{%- endmacro %}

{% macro seconds_between(start_at, end_at) -%}
  {#- Seconds from one instant to another, 0 when they are in the other order (a deadline is told of before it comes);
      null when either is unknown: `greatest` alone would make that 0. -#}
  case when {{ start_at }} is not null and {{ end_at }} is not null
    then greatest(0, {{ epoch_seconds(end_at) }} - {{ epoch_seconds(start_at) }})
  end
{%- endmacro %}

{% macro hours_from_seconds(seconds) -%}
  {#- Seconds (bigint >= 0) as hours, decimal(18,2), half rounded up. -#}
  cast({{ half_up('(' ~ seconds ~ ') * 100', 3600) }} * 0.01 as decimal(18, 2))
{%- endmacro %}

{% macro period_start(grain, day) -%}
  {#- First day of the calendar month or ISO week (Monday) of a date, as a date. `grain`: 'month' or 'week'. -#}
  cast(date_trunc('{{ grain }}', cast({{ day }} as timestamp)) as date)
{%- endmacro %}

{% macro sql_date(sql_at, won_date) -%}
  {#- Local date on which a passage became an SQL; a source that knows dates only knows it by the sale at the latest. -#}
  coalesce({{ local_date(sql_at) }}, {{ won_date }})
{%- endmacro %}

{% macro wilson_low(part, whole) -%}
  {#- Lower end of the 95 % interval of a share (Wilson 1927, z = 1.96), decimal(18,4), rounded down. In doubles, whose
      four operations and square root are exact to the last bit on every engine. -#}
  case when {{ whole }} > 0 then
    cast(cast(floor(10000e0 * greatest(0e0,
      (1e0 * {{ part }} / {{ whole }} + 1.9208e0 / {{ whole }}
        - 1.96e0 * sqrt((1e0 * {{ part }} / {{ whole }} * (1e0 - 1e0 * {{ part }} / {{ whole }}) + 0.9604e0 / {{ whole }}) / {{ whole }}))
      / (1e0 + 3.8416e0 / {{ whole }}))) as bigint) * 0.0001 as decimal(18, 4))
  end
{%- endmacro %}

{% macro wilson_high(part, whole) -%}
  {#- Upper end of that interval, rounded up: what the lower end leaves of the others' share. decimal(18,4). -#}
  cast(1 - {{ wilson_low('(' ~ whole ~ ' - ' ~ part ~ ')', whole) }} as decimal(18, 4))
{%- endmacro %}

{% macro signed_ratio(part, whole) -%}
  {#- ratio() of a part that may be negative (returns of goods), rounded by its size. -#}
  case when {{ part }} < 0 then -{{ ratio('(-(' ~ part ~ '))', whole) | trim }} else {{ ratio(part, whole) | trim }} end
{%- endmacro %}

{% macro cents(amount) -%}
  {#- Money as whole cents (bigint). -#}
  cast({{ amount }} * 100 as bigint)
{%- endmacro %}

{% macro money_per(amount, number) -%}
  {#- amount / number as decimal(18,2), half rounded up; null when number is 0 or null. amount >= 0. -#}
  case when {{ number }} > 0 then cast({{ half_up(cents(amount), number) }} * 0.01 as decimal(18, 2)) end
{%- endmacro %}

{% macro to_four_places(number) -%}
  {#- A double as decimal(18,4), half rounded up: `round` breaks ties differently on the engines. -#}
  cast(cast(floor(10000e0 * ({{ number }}) + 0.5e0) as bigint) * 0.0001 as decimal(18, 4))
{%- endmacro %}

{% macro last_five(flag, place, id) -%}
  {#- The first five ids in the order of `place` (1, 2 …) among the rows of a group where `flag` holds, after commas. -#}
  max(case when {{ flag }} and {{ place }} = 1 then {{ id }} end)
  {%- for number in range(2, 6) %}
        || coalesce(',' || max(case when {{ flag }} and {{ place }} = {{ number }} then {{ id }} end), '')
  {%- endfor %}
{%- endmacro %}

{% macro score_band(score) -%}
  {#- `020-039`: the band of a score (integer >= 0), as wide as var score_band_points; null for no score. -#}
  {%- set low = '(' ~ score ~ ' - mod(' ~ score ~ ', ' ~ var('score_band_points') ~ '))' -%}
  substr({{ as_text('1000 + ' ~ low) }}, 2, 3) || '-' || substr({{ as_text('1000 + ' ~ low ~ ' + ' ~ (var('score_band_points') - 1)) }}, 2, 3)
{%- endmacro %}
