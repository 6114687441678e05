{#- How far a rule of the match between ERP and hand-over can be trusted, from 0 (nothing known) to 1 (somebody wrote it
    down). The same list is in docs/revenue.md; the order of the rules is that of their confidence. -#}
{% macro match_rules() -%}
  {{ return({'order_on_deal': '1.00', 'order_number_on_deal': '0.90', 'proposal': '0.80', 'company_value_date': '0.60',
             'company_won_before': '0.30'}) }}
{%- endmacro %}

{% macro match_confidence(rule) -%}
  cast(case {{ rule }}
  {%- for name, confidence in match_rules().items() %} when '{{ name }}' then {{ confidence }}{% endfor %}
    else 0 end as decimal(18, 2))
{%- endmacro %}

{#- Place of a rule, the strongest first. -#}
{% macro match_place(rule) -%}
  case {{ rule }}
  {%- for name in match_rules() %} when '{{ name }}' then {{ loop.index }}{% endfor %} end
{%- endmacro %}

{#- An amount divided by a whole number of parts, decimal(18,2), half rounded up by whole cents alone (see figures.sql). -#}
{% macro money_part(amount, parts) -%}
  {%- set cents = 'cast(' ~ amount ~ ' * 100 as bigint)' -%}
  {%- set count = 'cast(' ~ parts ~ ' as bigint)' -%}
  case when {{ parts }} > 0 then
    cast(cast((2 * {{ cents }} + {{ count }} - mod(2 * {{ cents }} + {{ count }}, 2 * {{ count }})) / (2 * {{ count }})
      as bigint) * 0.01 as decimal(18, 2))
  end
{%- endmacro %}

{#- part / whole of two amounts, decimal(18,4), half rounded up; null when whole is 0. -#}
{% macro money_ratio(part, whole) -%}
{{ ratio('cast((' ~ part ~ ') * 100 as bigint)', 'cast((' ~ whole ~ ') * 100 as bigint)') }}
{%- endmacro %}

{#- Kinds of movement of monthly recurring revenue. -#}
{% macro mrr_kinds() -%}
  {{ return(['new', 'expansion', 'contraction', 'churn', 'reactivation']) }}
{%- endmacro %}
