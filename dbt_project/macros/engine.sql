{#- The only text that may differ between engines. `default__` runs on DuckDB and PostgreSQL alike;
    a distributed engine adds its own `<adapter>__` versions here and nowhere else. -#}

{#- Wall-clock timestamp in var time_zone of a UTC timestamp without zone. -#}
{% macro local_ts(ts) %}{{ return(adapter.dispatch('local_ts', 'bastao')(ts)) }}{% endmacro %}
{% macro default__local_ts(ts) -%}
(({{ ts }}) at time zone 'UTC') at time zone '{{ var("time_zone") }}'
{%- endmacro %}

{#- Calendar date in var time_zone of a UTC timestamp. -#}
{% macro local_date(ts) -%}
cast({{ local_ts(ts) }} as date)
{%- endmacro %}

{#- Whole seconds since 1970-01-01 UTC (bigint) of a timestamp that holds whole seconds. -#}
{% macro epoch_seconds(ts) %}{{ return(adapter.dispatch('epoch_seconds', 'bastao')(ts)) }}{% endmacro %}
{% macro default__epoch_seconds(ts) -%}
cast(extract(epoch from {{ ts }}) as bigint)
{%- endmacro %}

{#- Timestamp plus n seconds; n is any integer expression, negative too. -#}
{% macro add_seconds(ts, n) %}{{ return(adapter.dispatch('add_seconds', 'bastao')(ts, n)) }}{% endmacro %}
{% macro default__add_seconds(ts, n) -%}
({{ ts }} + ({{ n }}) * interval '1 second')
{%- endmacro %}

{#- Date plus n days, a date. -#}
{% macro add_days(day, n) %}{{ return(adapter.dispatch('add_days', 'bastao')(day, n)) }}{% endmacro %}
{% macro default__add_days(day, n) -%}
cast({{ day }} + ({{ n }}) * interval '1 day' as date)
{%- endmacro %}

{#- Truncates (never rounds) an instant to whole seconds. -#}
{% macro trunc_second(ts) -%}
date_trunc('second', {{ ts }})
{%- endmacro %}

{#- Text of an id: md5 in lower-case hexadecimal, equal on every engine. -#}
{% macro hash_id(expr) -%}
md5({{ expr }})
{%- endmacro %}

{#- The engine's text type (`varchar` without a length and `string` are not portable). -#}
{% macro as_text(expr) -%}
cast({{ expr }} as {{ dbt.type_string() }})
{%- endmacro %}

{#- `YYYY-MM-DDTHH:MM:SS` of an instant that holds whole seconds. -#}
{% macro iso_seconds(ts) -%}
replace({{ as_text(ts) }}, ' ', 'T')
{%- endmacro %}

{#- Null of the text type, for a union of selects. -#}
{% macro no_text() -%}
cast(null as {{ dbt.type_string() }})
{%- endmacro %}

{#- Date plus n months, a date; `day` is the first of a month. -#}
{% macro add_months(day, n) %}{{ return(adapter.dispatch('add_months', 'bastao')(day, n)) }}{% endmacro %}
{% macro default__add_months(day, n) -%}
cast({{ day }} + ({{ n }}) * interval '1 month' as date)
{%- endmacro %}

{#- Where a build of identity keeps its work tables (identity_work). DuckDB has them in memory: nothing of them need reach the
    disk, and each would cost a write that waits for it. One transaction writes to one database: work tables outside of any. -#}
{% macro identity_work(name) %}{{ return(adapter.dispatch('identity_work', 'bastao')(name)) }}{% endmacro %}
{% macro default__identity_work(name) %}{{ return('intermediate.identity_work_' ~ name) }}{% endmacro %}
{% macro duckdb__identity_work(name) %}{{ return('identity_work.main.identity_work_' ~ name) }}{% endmacro %}

{#- Makes that place, and tidies it up behind a build: from memory all goes with the build's connection. -#}
{% macro make_room_for_work() %}{{ return(adapter.dispatch('make_room_for_work', 'bastao')()) }}{% endmacro %}
{% macro default__make_room_for_work() %}{% endmacro %}
{% macro duckdb__make_room_for_work() %}{% do run_query("attach if not exists ':memory:' as identity_work") %}{% endmacro %}
{% macro tidy_up_identity() %}{{ return(adapter.dispatch('tidy_up_identity', 'bastao')()) }}{% endmacro %}
{% macro default__tidy_up_identity() %}{{ drop_identity_work() }}{% endmacro %}
{% macro duckdb__tidy_up_identity() %}{% endmacro %}

{#- Puts rows into a table, column by column of the same name. `rows`: a relation, or a query in brackets. -#}
{% macro insert_by_name(relation, rows) %}{{ return(adapter.dispatch('insert_by_name', 'bastao')(relation, rows)) }}{% endmacro %}
{% macro default__insert_by_name(relation, rows) -%}
{%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='quoted') | join(', ') -%}
insert into {{ relation }} ({{ columns }}) select {{ columns }} from {{ rows }} as rows_by_name
{%- endmacro %}
{% macro duckdb__insert_by_name(relation, rows) -%}
insert into {{ relation }} by name select * from {{ rows }} as rows_by_name
{%- endmacro %}

{#- What a copy of raw rows holds: whatever staging can read of them. DuckDB reads by column and leaves out what only landing
    needs (whoever names such a column is told so); elsewhere a row is read as a whole. -#}
{% macro landed_columns() %}{{ return(adapter.dispatch('landed_columns', 'bastao')()) }}{% endmacro %}
{% macro default__landed_columns() %}*{% endmacro %}
{% macro duckdb__landed_columns() %}* exclude (extracted_at, record_origin, _dlt_load_id, _dlt_id){% endmacro %}
