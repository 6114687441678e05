{#- The company's CRM: one of four. Each CRM's staging models give the same tables (docs/adding-a-crm.md); those of the
others are disabled, so that no build pays for them. An environment variable, because parsing gets no dbt variables. -#}

{#- rd_station_crm | hubspot | salesforce | pipedrive: `source_system` of its records. -#}
{% macro crm_system() -%}
{{ return(env_var("BASTAO_DBT_CRM", "rd_station_crm")) }}
{%- endmacro %}

{#- The staging model of the company's CRM: `crm("deals")`. -#}
{% macro crm(name) -%}
{{ return(ref("stg_" ~ crm_system() ~ "__" ~ name)) }}
{%- endmacro %}

{#- Whether the CRM says when an owner or a rating changed (then an observation is a change, known by the second, and a
rating of 1 was given by somebody), or only shows both from reading to reading (and 1 is its default). -#}
{% macro crm_keeps_history() -%}
{{ return(crm_system() in ["hubspot"]) }}
{%- endmacro %}
