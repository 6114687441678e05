{% macro verdict_precedence() -%}
  {#- The worst news first: one broken promise marks the whole; what still runs may yet break; what cannot be judged must
      not hide behind a clause that was met; waived and not applicable say nothing when anything else speaks. -#}
  {{ return(['breached', 'running', 'not_judgeable', 'met', 'waived', 'not_applicable']) }}
{%- endmacro %}

{% macro verdict_rollup(verdict) -%}
  {#- Aggregate: the verdict of a group of clauses, by the one precedence of the house. Null for an empty group. -#}
  case
  {%- for name in verdict_precedence() %}
    when max(case when {{ verdict }} = '{{ name }}' then 1 else 0 end) = 1 then '{{ name }}'
  {%- endfor %}
  end
{%- endmacro %}
