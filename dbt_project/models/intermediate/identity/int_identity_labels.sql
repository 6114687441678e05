{{ config(
    materialized="daily",
    stale="node_no in (select node_no from intermediate.identity_work_scope)",
    pre_hook="{{ propagate_labels(rows_of_today(ref('int_identity_edges'), 'edges'), this.schema ~ '.int_identity_labels_work') }}",
    post_hook="drop table if exists {{ this.schema }}.int_identity_labels_work_labels",
) }}
-- Connected components of the links, before contradictions are looked at; label = the first record of the component.
-- Records without a link are absent.
-- depends_on: {{ ref('int_identity_edges') }}
select
    node_no,
    label
from {{ this.schema }}.int_identity_labels_work_labels
