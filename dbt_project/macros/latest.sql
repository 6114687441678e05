{#- De-duplication of append-only raw tables by a total order: load sequence, then the row's place in its load.
    Only loads up to known_at exist. Both return a sub-query for a FROM clause. -#}

{#- The last row of each key. `keys`: comma-separated columns. -#}
{% macro latest_rows(relation, keys) -%}
(
    select *
    from (
        select
            raw_rows.*,
            row_number() over (
                partition by {{ keys }}
                order by raw_rows.load_seq desc, raw_rows.row_seq desc
            ) as recency
        from {{ relation }} as raw_rows
        where raw_rows.load_seq <= {{ known_at() }}
    ) as ranked_rows
    where recency = 1
)
{%- endmacro %}

{#- For tables that re-emit the full set of an owner at each fetch (identifiers, stage visits, deal contacts):
    the members of the owner's last load, each once. A member that is gone from that load is gone. -#}
{% macro latest_sets(relation, owner, member) -%}
(
    select *
    from (
        select
            raw_rows.*,
            max(raw_rows.load_seq) over (partition by {{ owner }}) as last_load_seq,
            row_number() over (
                partition by {{ owner }}, {{ member }}
                order by raw_rows.load_seq desc, raw_rows.row_seq desc
            ) as recency
        from {{ relation }} as raw_rows
        where raw_rows.load_seq <= {{ known_at() }}
    ) as ranked_rows
    where recency = 1 and load_seq = last_load_seq
)
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
