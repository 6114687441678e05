-- Integrity: joins of the marts neither multiply nor lose rows of the models they stand on.
with counts as (
{%- for mart, source in [
    ('fct_handoffs', 'int_handoffs'), ('fct_opportunities', 'int_opportunities'),
    ('bdg_handoff_opportunities', 'int_handoff_opportunities'), ('fct_revenue', 'int_revenue_items'),
    ('dim_people', 'int_people'), ('fct_sla_verdicts', 'int_clause_index'),
] %}
    select '{{ mart }}' as mart,
        (select count(*) from {{ ref(mart) }}) as mart_rows,
        (select count(*) from {{ ref(source) }}) as source_rows
    {{ "union all" if not loop.last }}
{%- endfor %}
)

select * from counts where mart_rows <> source_rows
