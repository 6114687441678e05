{#- Ids that more than one model computes, so that they cannot drift apart. -#}

{% macro opportunity_id(deal_id) -%}
{{ hash_id("'" ~ crm_system() ~ ":deal:' || " ~ deal_id) }}
{%- endmacro %}

{% macro seller_id(user_id) -%}
{{ hash_id("'" ~ crm_system() ~ ":user:' || " ~ user_id) }}
{%- endmacro %}

{#- Null when the campaign is null. -#}
{% macro campaign_id(campaign) -%}
{{ hash_id("'campaign:' || lower(trim(" ~ campaign ~ "))") }}
{%- endmacro %}

{#- Occurrence of a change of owner: who, and since when. The same owner after another one is an occurrence of its own. -#}
{% macro owner_occurrence(email, since) -%}
{{ hash_id(email ~ " || '|' || " ~ iso_seconds(since)) }}
{%- endmacro %}
