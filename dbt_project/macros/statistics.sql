{#- Fresh tables have no statistics on PostgreSQL until its daemon comes by; its planner then joins thousands of rows by
    nested loops (one model took 35 s instead of 0.1 s). DuckDB needs none: there both macros say nothing. -#}

{% macro gather_statistics(relation) %}{{ return(adapter.dispatch('gather_statistics', 'bastao')(relation)) }}{% endmacro %}
{% macro default__gather_statistics(relation) %}{% endmacro %}
{% macro postgres__gather_statistics(relation) -%}
analyze {{ relation }}
{%- endmacro %}
