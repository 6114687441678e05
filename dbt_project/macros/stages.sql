{% macro funnel_stages() -%}
  {#- The funnel in its order (design section 4). -#}
  {{ return(['lead', 'mql', 'accepted', 'sql', 'opportunity', 'proposal', 'customer']) }}
{%- endmacro %}

{% macro stages_after_sale() -%}
  {#- What a customer may become, in no order: either, both or none. -#}
  {{ return(['renewal', 'expansion']) }}
{%- endmacro %}

{% macro stage_number(stage) -%}
  {#- Place of a stage: lead 0 … customer 6; 7 and 8 of what follows the sale are for sorting. -#}
  case {{ stage }}
  {%- for name in funnel_stages() + stages_after_sale() %} when '{{ name }}' then {{ loop.index0 }}{% endfor %} end
{%- endmacro %}

{% macro follows_sale(stage_no) -%}
  {#- Whether a place is that of a renewal or an expansion. -#}
  {{ stage_no }} >= {{ funnel_stages() | length }}
{%- endmacro %}

{% macro stage_name(number) -%}
  {#- The inverse of stage_number. -#}
  case {{ number }}
  {%- for name in funnel_stages() + stages_after_sale() %} when {{ loop.index0 }} then '{{ name }}'{% endfor %} end
{%- endmacro %}
