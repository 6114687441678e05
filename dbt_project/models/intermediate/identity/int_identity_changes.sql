{{ config(
    pre_hook="{{ begin_identity() }}",
) }}
-- Records that the last build looked at anew; none when it looked at all. Everything of identity is built behind this.
-- Built of raw tables alone, so that staging is made beside it.
-- depends_on: {{ source("raw_agreement", "identity_merges") }}, {{ source("raw_agreement", "identity_splits") }}
-- depends_on: {{ source("raw_rd_station", "contacts") }}, {{ source("raw_rd_station", "contact_identifiers") }}
-- depends_on: {{ source("raw_rd_station", "conversions") }}, {{ source("raw_rd_station", "funnels") }}
-- depends_on: {{ source("raw_inbox", "events") }}, {{ source("raw_files", "handoffs") }}
-- depends_on: {{ source("raw_" ~ crm_system(), "contacts") }}, {{ source("raw_" ~ crm_system(), "contact_identifiers") }}
-- depends_on: {{ source("raw_protheus", "sa1") }}, {{ source("raw_protheus", "customer_identifiers") }}
{% if identity_mentions() %}-- depends_on: {{ crm("deal_contacts") }}{% endif %}
{% if identity_is_running() -%}
select node from {{ identity_work('changed') }}
{%- else -%}
select {{ no_text() }} as node where 1 = 0
{%- endif %}
