{#- The user that an owner id names; null for a queue (00G…): a queue is no owner. -#}
{% macro salesforce_user(owner_id) -%}
case when {{ owner_id }} like '005%' then {{ owner_id }} end
{%- endmacro %}
