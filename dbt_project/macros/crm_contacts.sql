{#- The contacts of a CRM, one row each: attributes of the last live look (a deletion or a merge carries none), deletion
    from the last row. `organization`: how the source's raw table calls the company's id. `listed`: the raw table of exported
    lists, where a contact may have been seen earlier. -#}
{% macro crm_contacts(contacts, organization="organization_id", listed=none) -%}
select
    last_rows.contact_id,
    live.name,
    live.job_title,
    live.{{ organization }} as organization_id,
    live.integration_id,
    {{ trunc_second("coalesce(live.created_at, last_rows.created_at)") }} as created_at,
    {{ trunc_second("coalesce(live.updated_at, last_rows.updated_at)") }} as updated_at,
    coalesce(last_rows.is_deleted, false) as is_deleted,
    {{ "least(last_rows.first_load_seq, listed.first_load_seq)" if listed else "last_rows.first_load_seq" }} as first_load_seq
from {{ latest_rows(contacts, "contact_id", since=true) }} as last_rows
left join
    {{ latest_rows("(select * from " ~ contacts ~ " where not coalesce(is_deleted, false))", "contact_id") }} as live
    on last_rows.contact_id = live.contact_id
{%- if listed %}
left join (
    select
        contact_id,
        min(load_seq) as first_load_seq
    from {{ listed }}
    where load_seq <= {{ known_at() }}
    group by contact_id
) as listed on last_rows.contact_id = listed.contact_id
{%- endif %}
{%- endmacro %}
