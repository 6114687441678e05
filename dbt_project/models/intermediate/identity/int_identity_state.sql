{{ config(
    post_hook="{{ tidy_up_identity() }}",
) }}
-- What the last complete build of identity was made of: settings, decisions and the loads of every raw table. It is taken down
-- when a build begins and written when all of it is there: without it the next build is a whole one.
-- depends_on: {{ ref('int_people') }}, {{ ref('dim_person_ids') }}, {{ ref('fct_identity_links') }}
{% if identity_is_running() and var('identity_code') -%}
select * from {{ identity_work('state') }}
{%- else -%}
select
    {{ no_text() }} as kind,
    {{ no_text() }} as name,
    cast(null as bigint) as load_seq,
    {{ no_text() }} as value
where 1 = 0
{%- endif %}
