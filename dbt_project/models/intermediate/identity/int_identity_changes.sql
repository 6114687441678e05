{{ config(
    pre_hook="{{ begin_identity() }}",
) }}
-- Records that the last build looked at anew; none when it looked at all. Everything of identity is built behind this.
-- depends_on: {{ ref('stg_agreement__identity_merges') }}, {{ ref('stg_agreement__identity_splits') }}
-- depends_on: {{ ref('stg_rd_station__contacts') }}, {{ ref('stg_rd_station__contact_identifiers') }}
-- depends_on: {{ ref('stg_rd_station__conversions') }}, {{ ref('stg_rd_station__funnels') }}, {{ ref('stg_inbox__events') }}
-- depends_on: {{ crm('contacts') }}, {{ crm('contact_identifiers') }}, {{ crm('deal_contacts') }}
-- depends_on: {{ ref('stg_protheus__sa1') }}, {{ ref('stg_protheus__customer_identifiers') }}, {{ ref('stg_files__handoffs') }}
{% if identity_is_running() -%}
select node from {{ identity_work('changed') }}
{%- else -%}
select {{ no_text() }} as node where 1 = 0
{%- endif %}
