{{ config(
    materialized="daily",
    stale="node_no in (select node_no from " ~ identity_work('scope') ~ ")",
    part="edges",
    pre_hook="{{ note_scope_of_today() }}",
) }}
-- The links that no guard refused, both directions, each pair once with its strongest rule (0 = by hand).
-- depends_on: {{ ref('stg_agreement__identity_merges') }}
with kept as (
    select
        node_no,
        other_no,
        strength
    from {{ of_today("int_identity_links", "links") }}
    where refusal_reason is null{{ only_today('node_no', 'scope') }}
    union all
    select
        other_no as node_no,
        node_no as other_no,
        strength
    from {{ of_today("int_identity_links", "links") }}
    where refusal_reason is null{{ only_today('node_no', 'scope') }}
)

select
    node_no,
    other_no,
    min(strength) as strength
from kept
group by node_no, other_no
