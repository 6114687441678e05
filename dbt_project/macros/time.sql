{#- No clock in SQL: these are the only sources of "now". -#}

{#- UTC instant up to which events are seen (inclusive). -#}
{% macro as_of() -%}
cast('{{ var("as_of") }}' as timestamp)
{%- endmacro %}

{#- Load sequence up to which loads are seen (inclusive). -#}
{% macro known_at() -%}
cast({{ var("known_at") }} as bigint)
{%- endmacro %}

{#- UTC instant before which nothing is eligible for push-back. -#}
{% macro go_live() -%}
cast('{{ var("go_live") }}' as timestamp)
{%- endmacro %}

{#- An instant in whole seconds, or null when it lies after as_of (not yet happened). -#}
{% macro happened(ts) -%}
case when {{ ts }} <= {{ as_of() }} then {{ trunc_second(ts) }} end
{%- endmacro %}

{#- Stands for "no end": after every instant that a source can hold. -#}
{% macro forever() -%}
cast('9999-12-31 00:00:00' as timestamp)
{%- endmacro %}
