{#- De-duplication of append-only raw tables by a total order: load sequence, then the row's place in its load.
    Only loads up to known_at exist. Both return a sub-query for a FROM clause. -#}

{#- The last row of each key. `keys`: comma-separated columns. `by`: a column that comes before the load in the order. With
    `since`, first_load_seq says in which load the key came first: raw is append-only, so that this never changes. -#}
{% macro latest_rows(relation, keys, by=none, since=false) -%}
(
    select *
    from (
        select
            raw_rows.*,
            {% if since -%}
            min(raw_rows.load_seq) over (partition by {{ keys }}) as first_load_seq,
            {%- endif %}
            row_number() over (
                partition by {{ keys }}
                order by
                    {% if by %}raw_rows.{{ by }} desc nulls last, {% endif -%}
                    raw_rows.load_seq desc nulls last, raw_rows.row_seq desc nulls last
            ) as recency
        from {{ relation }} as raw_rows
        where raw_rows.load_seq <= {{ known_at() }}
    ) as ranked_rows
    where recency = 1
)
{%- endmacro %}

{#- For tables that re-emit the full set of an owner at each fetch (identifiers, stage visits, deal contacts): the
    members of the owner's last fetch, each once; a member that is gone from it is gone. `owners`: the table with one
    row per fetch of the owner (a tombstone is no fetch), so that an empty set is seen as empty; without it the last
    load that has members counts. `owner` and `member`: comma-separated columns (one column with `owners`). -#}
{% macro latest_sets(relation, owner, member, owners=none) -%}
(
    select *
    from (
        select
            raw_rows.*,
            {% if owners is none -%}
            max(raw_rows.load_seq) over (partition by {{ owner }}) as last_load_seq,
            {%- else -%}
            fetches.last_load_seq,
            {%- endif %}
            row_number() over (
                partition by {{ member_key(owner, member) }}
                order by raw_rows.load_seq desc nulls last, raw_rows.row_seq desc nulls last
            ) as recency
        from {{ relation }} as raw_rows
        {%- if owners is not none %}
        inner join (
            select
                {{ owner }} as fetched_owner,
                max(load_seq) as last_load_seq
            from {{ owners }}
            where load_seq <= {{ known_at() }} and not coalesce(is_deleted, false)
            group by {{ owner }}
        ) as fetches on raw_rows.{{ owner }} = fetches.fetched_owner
        {%- endif %}
        where raw_rows.load_seq <= {{ known_at() }}
    ) as ranked_rows
    where recency = 1 and load_seq = last_load_seq
)
{%- endmacro %}

{% macro member_key(owner, member) -%}
{% for column in (owner ~ ',' ~ member).split(',') %}raw_rows.{{ column | trim }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}

{#- The agreement is replaced as one load: the rows of the last load that holds versions. -#}
{% macro current_agreement(relation) -%}
(
    select raw_rows.*
    from {{ relation }} as raw_rows
    where raw_rows.load_seq = (
        select max(loads.load_seq)
        from {{ source('raw_agreement', 'versions') }} as loads
        where loads.load_seq <= {{ known_at() }}
    )
)
{%- endmacro %}

{#- Of exported lists: what the list of the latest export says of each key, whenever it was loaded. -#}
{% macro latest_list(relation, keys, since=false) -%}
{{ latest_rows(relation, keys, by="observed_at", since=since) }}
{%- endmacro %}

{#- Identifiers of the contacts of a list, as of the last list that has them. -#}
{% macro listed_identifiers(relation, contacts, key) -%}
select
    identifiers.{{ key }},
    identifiers.kind,
    identifiers.value,
    identifiers.reject_reason,
    identifiers.position
from {{ latest_sets(relation, key, "kind, position, value") }} as identifiers
inner join {{ contacts }} as listed on identifiers.{{ key }} = listed.{{ key }}
{%- endmacro %}
