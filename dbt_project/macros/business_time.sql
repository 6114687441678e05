{#
  Working time without time zones (design section 5). The calendar is data: one row per (calendar_hash, utc_date) with
  up to four working intervals in whole seconds after 00:00 UTC and `cum_before`, the working seconds of all days before.

  W(t) = working seconds of the calendar before the instant t. Working time of [a, b) = W(b) - W(a).
#}

{% macro calendar_days(relation) -%}
  {#- The rows of a calendar as the macros read them fastest: intervals 0-0 where there is none, and narrow numbers. -#}
  select
    calendar_hash,
    utc_date,
    {%- for i in [1, 2, 3, 4] %}
    cast(coalesce(i{{ i }}_start, 0) as integer) as i{{ i }}_start,
    cast(coalesce(i{{ i }}_end, 0) as integer) as i{{ i }}_end,
    {%- endfor %}
    cum_before,
    working_seconds
  from {{ relation }} as calendar_days
{%- endmacro %}

{% macro seconds_of_day(instant) -%}
  {#- Whole seconds after 00:00 UTC of an instant (timestamp without zone, whole seconds); integer. Of all ways to write
      it this is the one whose range DuckDB knows, so that it drops the overflow checks of what follows. -#}
  cast(extract(epoch from cast({{ instant }} as time)) as integer)
{%- endmacro %}

{% macro worked_before(instant, day) -%}
  {#- W(instant), given the alias of the row of `calendar_days` of the instant's UTC date; bigint, null outside the
      calendar. The part of [i, j) before s is half of (j - i) + |s - i| - |s - j|, and the lengths of all intervals are
      working_seconds. Differences and abs() instead of least(), greatest() or case: DuckDB runs them over whole
      vectors; the coalesce costs nothing where the column has no null. `>> 1` halves an even number exactly on both
      engines. benchmarks/business_time.py measures it. -#}
  {%- set second = seconds_of_day(instant) -%}
  (({{ day }}.cum_before * 2 + {{ day }}.working_seconds + (
  {%- for i in [1, 2, 3, 4] %}
    {{ "+ " if not loop.first }}abs({{ second }} - coalesce({{ day }}.i{{ i }}_start, 0))
    - abs({{ second }} - coalesce({{ day }}.i{{ i }}_end, 0))
  {%- endfor %})) >> 1)
{%- endmacro %}

{% macro interval_seconds(day, upto) -%}
  {#- Working seconds of the first `upto` intervals of a calendar row. -#}
  {%- for i in range(1, upto + 1) -%}
    coalesce({{ day }}.i{{ i }}_end - {{ day }}.i{{ i }}_start, 0){{ " + " if not loop.last }}
  {%- endfor -%}
{%- endmacro %}

{% macro second_when_worked(rest, day) -%}
  {#- Second of the UTC day at which `rest` (1 .. working_seconds) seconds of it are worked. The boundary is inclusive:
      what ends exactly at closing time ends at closing time, not at the next opening. -#}
  case
    when {{ rest }} <= {{ interval_seconds(day, 1) }} then {{ day }}.i1_start + {{ rest }}
  {%- for i in [2, 3, 4] %}
    when {{ rest }} <= {{ interval_seconds(day, i) }}
      then {{ day }}.i{{ i }}_start + {{ rest }} - ({{ interval_seconds(day, i - 1) }})
  {%- endfor %}
  end
{%- endmacro %}

{% macro day_bucket(seconds) -%}
  {#- Number of the 86 400-working-second bucket; exact on both engines (7/2 is 3.5 on one and 3 on the other). -#}
  cast(({{ seconds }} - mod({{ seconds }}, 86400)) / 86400 as bigint)
{%- endmacro %}

{% macro working_day_buckets(calendar) -%}
  {#- (calendar_hash, bucket, utc_date): the days that hold working seconds of a bucket. It turns the inverse look-up on
      `cum_before` into an equality join: a day never spans more than two buckets, a bucket holds a few days. -#}
  select calendar_hash, {{ day_bucket('cum_before') }} as bucket, utc_date
  from {{ calendar }}
  where working_seconds > 0
  union
  select calendar_hash, {{ day_bucket('(cum_before + working_seconds - 1)') }} as bucket, utc_date
  from {{ calendar }}
  where working_seconds > 0
{%- endmacro %}

{% macro business_due(starts, calendar, buckets) -%}
  {#- (calendar_hash, start_at, limit_seconds, due_at): the first instant with W(due_at) - W(start_at) >= limit_seconds.
      A start outside working hours begins to count at the next opening. `starts`: distinct (calendar_hash, start_at,
      limit_seconds > 0). Rows whose start or due lies outside the calendar are absent. -#}
  with targets as (
    select
      s.calendar_hash, s.start_at, s.limit_seconds,
      {{ worked_before('s.start_at', 'd') }} + s.limit_seconds as target
    from {{ starts }} as s
    inner join {{ calendar }} as d on s.calendar_hash = d.calendar_hash and cast(s.start_at as date) = d.utc_date
  )

  select
    t.calendar_hash, t.start_at, t.limit_seconds,
    {{ add_seconds('cast(d.utc_date as timestamp)', second_when_worked('(t.target - d.cum_before)', 'd')) }} as due_at
  from targets as t
  inner join {{ buckets }} as b
    on t.calendar_hash = b.calendar_hash and {{ day_bucket('(t.target - 1)') }} = b.bucket
  inner join {{ calendar }} as d on b.calendar_hash = d.calendar_hash and b.utc_date = d.utc_date
  where t.target > d.cum_before and t.target <= d.cum_before + d.working_seconds
{%- endmacro %}
