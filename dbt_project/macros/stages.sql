{% macro funnel_stages() -%}
  {#- The funnel in its order (design section 4). Renewals and expansions come after it and have no order: rpt_mrr counts them. -#}
  {{ return(['lead', 'mql', 'accepted', 'sql', 'opportunity', 'proposal', 'customer']) }}
{%- endmacro %}

{% macro stage_number(stage) -%}
  {#- Place of a stage in the funnel: lead 0 … customer 6. -#}
  case {{ stage }}
  {%- for name in funnel_stages() %} when '{{ name }}' then {{ loop.index0 }}{% endfor %} end
{%- endmacro %}

{% macro stage_name(number) -%}
  {#- The inverse of stage_number. -#}
  case {{ number }}
  {%- for name in funnel_stages() %} when {{ loop.index0 }} then '{{ name }}'{% endfor %} end
{%- endmacro %}
