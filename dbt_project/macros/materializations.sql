{#- DuckDB can replace a relation in one statement inside one transaction. dbt's own materializations build beside, rename
    twice and drop: three times the statements for the same guarantee, which is most of a build's time on small tables. -#}

{% materialization table, adapter='duckdb', supported_languages=['sql'] -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {{ drop_other_kind(target_relation, 'table') }}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') -%}
    {%- if config.get('contract').enforced %}
      {{ get_assert_columns_equivalent(sql) }}
      create or replace table {{ target_relation }} {{ get_table_columns_and_constraints() }};
      insert into {{ target_relation }} {{ get_column_names() }} ({{ get_select_subquery(sql) }});
    {%- else %}
      create or replace table {{ target_relation }} as ({{ sql }});
    {%- endif %}
  {%- endcall %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}


{% materialization view, adapter='duckdb' -%}
  {%- set target_relation = this.incorporate(type='view') -%}
  {{ drop_other_kind(target_relation, 'view') }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') -%}
    create or replace view {{ target_relation }} as ({{ sql }});
  {%- endcall %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}


{% macro drop_other_kind(relation, kind) -%}
  {#- `create or replace` replaces a table by a table and a view by a view, never one by the other. -#}
  {%- set existing = load_cached_relation(relation) -%}
  {%- if existing is not none and existing.type != kind -%}
    {{ adapter.drop_relation(existing) }}
  {%- endif -%}
{%- endmacro %}


{#- A table of which an ordinary day replaces the rows that `stale` names (a condition) by those that the SQL selects, in one
    transaction; any other build makes it anew, and ends the day of whoever runs it by itself. With `part` the new rows
    stay at hand as the work table of that name: who reads only them need not look for them in the whole table. -#}
{% materialization daily, default -%}
  {%- if identity_day() -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set part = config.get('part') -%}
    {%- if part %}{% do make_work(part, sql) %}{% endif -%}
    {% call statement('main') -%}
      delete from {{ target_relation }} where {{ config.require('stale') }};
      {{ insert_by_name(target_relation, identity_work(part) if part else '(' ~ sql ~ ')') }};
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
  {%- endif -%}
  {{ forget_identity('int_identity_state') }}
  {{ return(materialization_table_duckdb() if target.type == 'duckdb' else materialization_table_default()) }}
{%- endmaterialization %}
