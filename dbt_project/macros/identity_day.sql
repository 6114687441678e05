{#- An ordinary day touches only the people whom new raw rows can change: every model of identity is made of a slice of its
    inputs then, and the rows of that slice are replaced (docs/decisions/0014-an-ordinary-day.md). What is decided here is
    whether the coming build is such a day. When in doubt it is none: everything is built anew. -#}

{% macro identity_is_running() -%}
{{ return(execute and flags.WHICH in ('run', 'build', 'retry')) }}
{%- endmacro %}

{#- Whether a table of identity is there, by what dbt remembers: asked dozens of times in a build, and no query. -#}
{% macro identity_knows(table) -%}
{{ return(adapter.get_relation(database=this.database, schema='intermediate', identifier=table) is not none) }}
{%- endmacro %}

{#- Whether the build under way replaces slices. Never while parsing, compiling or testing; and never when the state of the
    last whole build is there: then this model runs by itself, outside of a build that int_identity_changes began. -#}
{% macro identity_day() -%}
{{ return(identity_is_running() and identity_knows('identity_work_day') and not identity_knows('int_identity_state')) }}
{%- endmacro %}

{#- For models: the condition that keeps the rows of today's slice; nothing when all are built. -#}
{% macro only_today(column, work, of=none) -%}
{%- if identity_day() %} and {{ column }} in (select {{ of or column.split('.')[-1] }} from {{ identity_work(work) }}){% endif -%}
{%- endmacro %}

{#- Creates a work table, with statistics where the engine needs them. -#}
{% macro make_work(name, sql) %}{% do make_works([(name, sql)]) %}{% endmacro %}

{#- Creates work tables in this order: [(name, select), ...]. As one text: dbt's own work for a statement takes longer than most
    of them. `ask`: a query behind them, whose rows are returned. -#}
{% macro make_works(tables, ask=none) -%}
{%- set statements = [] -%}
{%- for name, sql in tables -%}
    {%- do statements.append('create table ' ~ identity_work(name) ~ ' as ' ~ sql) -%}
    {%- set statistics = gather_statistics(identity_work(name)) | trim -%}
    {%- if statistics %}{% do statements.append(statistics) %}{% endif -%}
{%- endfor -%}
{%- if ask %}{{ return(run_query((statements + [ask]) | join(';\n')).rows) }}{% endif -%}
{%- if statements -%}
    {% call statement('identity_work', auto_begin=false) %}{{ statements | join(';\n') }}{% endcall %}
{%- endif -%}
{%- endmacro %}

{#- From here on it is a day, for all models behind. What says so is remembered as a table that nobody makes: a build that is
    killed takes it along. -#}
{% macro begin_identity_day() -%}
{%- do adapter.cache_added(api.Relation.create(database=this.database, schema='intermediate', identifier='identity_work_day', type='table')) -%}
{%- endmacro %}

{% macro drop_identity_work() -%}
{%- if identity_is_running() -%}
    {%- set found = run_query("select 'drop table \"' || table_catalog || '\".' || table_schema || '.' || table_name"
        ~ " from information_schema.tables where table_name like 'identity_work_%' order by 1").columns[0].values() -%}
    {%- if found %}{% do run_query(found | join('; ')) %}{% endif -%}
    {{ forget_identity('identity_work_day') }}
{%- endif -%}
{%- endmacro %}

{#- Drops a table through dbt, which otherwise goes on believing that it is there. -#}
{% macro forget_identity(table) -%}
{%- set known = adapter.get_relation(database=this.database, schema='intermediate', identifier=table) -%}
{%- if known is not none %}{% do adapter.drop_relation(known) %}{% endif -%}
{%- endmacro %}

{#- Begins a build of identity (pre-hook of int_identity_changes): takes down the state of the last one, so that whatever
    ends this build early makes the next one whole, and finds out what changed since. -#}
{% macro begin_identity() -%}
{%- if identity_is_running() -%}
    {{ make_room_for_work() }}
    {{ drop_identity_work() }}
    {%- set before = identity_state() -%}
    {{ forget_identity('int_identity_state') }}
    {%- if var('identity_code') -%}
        {{ note_identity_inputs() }}
    {%- endif -%}
    {%- if identity_may_be_a_day(before) -%}
        {%- set sizes = find_changed_records(before)[0].values() -%}
        {%- if sizes[0] * var("identity_day_share") <= sizes[1] -%}
            {{ slice_identity_inputs() }}
            {{ begin_identity_day() }}
        {%- endif -%}
    {%- else -%}
        {%- do make_work('changed', 'select ' ~ no_text() ~ ' as node where 1 = 0') -%}
    {%- endif -%}
{%- endif -%}
{%- endmacro %}

{#- The state that the last complete build left: {name: value} of its settings; {} without one. -#}
{% macro identity_state() -%}
{%- set found = {} -%}
{%- if identity_knows('int_identity_state') -%}
    {%- set settings = 'select name, value from ' ~ identity_work('before') ~ " where kind = 'setting'" -%}
    {%- set rows = make_works([('before', 'select * from intermediate.int_identity_state')], settings) -%}
    {%- for row in rows %}{% do found.update({row.values()[0]: row.values()[1]}) %}{% endfor -%}
{%- endif -%}
{{ return(found) }}
{%- endmacro %}

{#- What changes every component when it changes: settings, the text of the models (var identity_code), the CRM. -#}
{% macro identity_settings() -%}
{{ return(local_md5(tojson([var('identity_code'), var('identity_max_records'), var('identity_shared_mailboxes'),
    var('identity_agency_domains'), var('time_zone'), crm_system()]))) }}
{%- endmacro %}

{#- Work table `state`: what this build is made of. Raw tables are append-only, so that a load is known by its number of rows
    (a load that lands late has a number that is smaller than that of others, and rows where there were none). -#}
{% macro note_identity_inputs() -%}
{%- set parts = [] -%}
{%- for name, relation in identity_sources().items() -%}
    {%- do parts.append("select 'load' as kind, '" ~ name ~ "' as name, load_seq, " ~ as_text('count(*)') ~ ' as value from '
        ~ relation ~ ' where load_seq <= ' ~ known_at() ~ ' group by load_seq') -%}
{%- endfor -%}
{%- for name, value in {'settings': identity_settings(), 'as_of': var('as_of'), 'known_at': var('known_at')}.items() -%}
    {%- do parts.append("select 'setting' as kind, '" ~ name ~ "' as name, cast(null as bigint) as load_seq, '" ~ value ~ "' as value") -%}
{%- endfor -%}
{%- do parts.append("select distinct 'decision' as kind, node as name, cast(null as bigint) as load_seq, 'merge|' || merge_group as value from "
    ~ current_agreement(source('raw_agreement', 'identity_merges')) ~ ' as merges') -%}
{%- do parts.append("select distinct 'decision' as kind, node as name, cast(null as bigint) as load_seq, 'split|' || "
    ~ as_text('split_no') ~ " || '|' || party as value from " ~ current_agreement(source('raw_agreement', 'identity_splits')) ~ ' as splits') -%}
{%- do make_work('state', parts | join(' union all ')) -%}
{%- endmacro %}

{#- A day is possible when the last build was complete, with the same settings, not later than this one, all its tables are
    there, and every load that changed is of a table that a day can follow. -#}
{% macro identity_may_be_a_day(before) -%}
{%- if not var('identity_code') or flags.FULL_REFRESH or before.get('settings') != identity_settings()
    or before['as_of'] > var('as_of') or before['known_at'] | int > var('known_at') | int -%}
    {{ return(false) }}
{%- endif -%}
{%- for model in ['nodes', 'identifiers', 'links', 'edges', 'labels', 'seeds'] -%}
    {%- if not identity_knows('int_identity_' ~ model) %}{{ return(false) }}{% endif -%}
{%- endfor -%}
{%- if not (identity_knows('int_person_nodes') and identity_knows('int_people')) %}{{ return(false) }}{% endif -%}
{%- set loads = "select coalesce(now.name, before.name) as name, coalesce(now.load_seq, before.load_seq) as load_seq,"
    ~ " case when now.name is null then 1 else 0 end as is_gone"
    ~ " from (select * from " ~ identity_work('state') ~ " where kind = 'load') as now"
    ~ " full join (select * from " ~ identity_work('before') ~ " where kind = 'load') as before"
    ~ " on now.name = before.name and now.load_seq = before.load_seq"
    ~ " where now.value is null or before.value is null or now.value <> before.value" -%}
{%- for row in make_works([('loads', loads)], 'select name, max(is_gone) from ' ~ identity_work('loads') ~ ' group by name') -%}
    {%- if row.values()[1] == 1 or not identity_can_follow(row.values()[0]) %}{{ return(false) }}{% endif -%}
{%- endfor -%}
{{ return(true) }}
{%- endmacro %}
