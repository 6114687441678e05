{#- Gaps and islands: numbers the spans of each person; a new island starts where a span begins after every earlier
    span of the person has ended. `spans`: a relation with person_id, start_at, end_at, record_key (unique per person)
    and the columns in `keep`. A select. -#}
{% macro islands(spans, keep) -%}
select
    person_id,
    {% for column in keep %}{{ column }},
    {% endfor -%}
    record_key,
    start_at,
    end_at,
    sum(case when reached_at is null or start_at > reached_at then 1 else 0 end) over (
        partition by person_id
        order by start_at asc, record_key asc
        rows between unbounded preceding and current row
    ) as island_no
from (
    select
        spans.*,
        max(end_at) over (
            partition by person_id
            order by start_at asc, record_key asc
            rows between unbounded preceding and 1 preceding
        ) as reached_at
    from {{ spans }} as spans
) as reached
{%- endmacro %}
