{{ config(
    materialized="daily",
    stale="node_no in (select node_no from " ~ identity_work('scope') ~ ")",
    part="parts",
    pre_hook="{{ resolve_contradictions(of_today('int_identity_seeds', 'seeds'), of_today('int_identity_labels', 'labels'), of_today('int_identity_edges', 'edges'), left_by_hooks('int_person_nodes_work')) }}",
    post_hook="{{ drop_left_by_hooks('int_person_nodes_work_labels') }}",
) }}
-- The person of every record: its component, or its part of one that holds a contradiction; named after the record of it
-- that was loaded first, so that records which come later never change the name.
-- depends_on: {{ ref('int_identity_seeds') }}
-- depends_on: {{ ref('int_identity_edges') }}
select
    nodes.node,
    {{ hash_id("'person:' || coalesce(roots.node, nodes.node)") }} as person_id,
    nodes.source_system,
    nodes.source_id,
    nodes.node_no
from {{ of_today("int_identity_nodes", "nodes") }} as nodes
left join {{ of_today("int_identity_labels", "labels") }} as labels on nodes.node_no = labels.node_no
left join {{ left_by_hooks('int_person_nodes_work_labels') }} as parts on nodes.node_no = parts.node_no
left join {{ of_today("int_identity_nodes", "nodes") }} as roots on coalesce(parts.label, labels.label) = roots.node_no
