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
