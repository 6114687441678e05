{{ config(
    pre_hook="{{ propagate_labels(ref('int_identity_edges'), this.schema ~ '.int_person_nodes_work') }}",
    post_hook="drop table if exists {{ this.schema }}.int_person_nodes_work_labels"
) }}
-- The person of every record: connected components of the identity edges, named after the smallest record.
-- depends_on: {{ ref('int_identity_edges') }}
with numbered as (
    select
        node,
        source_system,
        source_id,
        row_number() over (order by node asc) as node_no
    from {{ ref("int_identity_nodes") }}
)

select
    numbered.node,
    {{ hash_id("'person:' || coalesce(roots.node, numbered.node)") }} as person_id,
    numbered.source_system,
    numbered.source_id
from numbered
left join {{ this.schema }}.int_person_nodes_work_labels as labels on numbered.node_no = labels.node_no
left join numbered as roots on labels.label = roots.node_no
