{#- The shared funnel (design, section 4): which of the five stages a step belongs to, and which area answers for it. -#}

{% macro funnel_stage_of(stage) -%}
case
    when {{ stage }} = 'lead' then 'awareness'
    when {{ stage }} in ('mql', 'accepted', 'sql') then 'consideration'
    when {{ stage }} in ('opportunity', 'proposal') then 'decision'
    when {{ stage }} in ('customer', 'renewal') then 'success'
    when {{ stage }} = 'expansion' then 'expansion'
end
{%- endmacro %}

{% macro owner_area_of(stage) -%}
case
    when {{ stage }} = 'lead' then 'marketing'
    when {{ stage }} in ('mql', 'accepted', 'sql', 'expansion') then 'both'
    when {{ stage }} in ('opportunity', 'proposal') then 'sales'
    when {{ stage }} in ('customer', 'renewal') then 'customer_success'
end
{%- endmacro %}
