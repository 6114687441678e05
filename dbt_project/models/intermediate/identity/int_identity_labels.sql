{{ config(
    materialized="daily",
    stale="node_no in (select node_no from " ~ identity_work('scope') ~ ")",
    part="labels",
    pre_hook="{{ propagate_labels(of_today('int_identity_edges', 'edges'), left_by_hooks('int_identity_labels_work')) }}",
    post_hook="{{ drop_left_by_hooks('int_identity_labels_work_labels') }}",
) }}
-- Connected components of the links, before contradictions are looked at; label = the first record of the component.
-- Records without a link are absent.
-- depends_on: {{ ref('int_identity_edges') }}
select
    node_no,
    label
from {{ left_by_hooks('int_identity_labels_work_labels') }}
