{#- Ids that more than one model computes, so that they cannot drift apart. -#}

{% macro opportunity_id(deal_id) -%}
{{ hash_id("'rd_station_crm:deal:' || " ~ deal_id) }}
{%- endmacro %}

{% macro seller_id(user_id) -%}
{{ hash_id("'rd_station_crm:user:' || " ~ user_id) }}
{%- endmacro %}

{#- Null when the campaign is null. -#}
{% macro campaign_id(campaign) -%}
{{ hash_id("'campaign:' || lower(trim(" ~ campaign ~ "))") }}
{%- endmacro %}
