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

{#- What a raw table first showed of each object: one row per object and, with `instant`, per value of that column (the
    creation of an object has one instant, whatever it is corrected to). `object_kind`: the sender's word, as SQL. -#}
{% macro first_shown(relation, record_kind, object_kind, object_id, event_kind, instant=none) -%}
select
    '{{ record_kind }}' as record_kind,
    {{ object_kind }} as object_kind,
    {{ object_id }} as object_id,
    '{{ event_kind }}' as event_kind,
    {{ trunc_second(instant) if instant else "cast(null as timestamp)" }} as occurred_at,
    {{ trunc_second("min(extracted_at)") }} as first_read_at
from {{ relation }}
where
    load_seq <= {{ known_at() }}
    {%- if instant %}
    and {{ instant }} is not null
    {%- endif %}
group by {{ object_kind ~ ", " if "'" not in object_kind }}{{ object_id }}{{ ", " ~ instant if instant }}
{%- endmacro %}

{#- The readings of a CRM as staging gives them. `shown`: first_shown() of its tables; `keys`: for a CRM with leads of their
    own, a query of (object_kind, object_id, deal_id): which deal each lead and each deal is part of. -#}
{% macro crm_readings(shown, keys=none) -%}
with shown as (
{{ shown | join("\nunion all\n") | indent(4, true) }}
)

select
    shown.record_kind,
    {{ "case when shown.record_kind = 'deal' then keys.deal_id else shown.object_id end" if keys else "shown.object_id" }} as record_id,
    shown.object_kind,
    shown.object_id,
    shown.event_kind,
    shown.occurred_at,
    shown.first_read_at
from shown
{%- if keys %}
left join ({{ keys }}) as keys
    on shown.record_kind = 'deal' and shown.object_kind = keys.object_kind and shown.object_id = keys.object_id
where shown.record_kind <> 'deal' or keys.deal_id is not null
{%- endif %}
{%- endmacro %}
