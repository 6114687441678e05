-- What could make two records one person, each with its rule and evidence, kept or refused: every record is tied to the first
-- one that has the same value (not to each other: a value on n records gives n - 1 links). What people decided by hand is a
-- rule too, and no guard touches it. What refuses a link later, because of all others, stands in fct_identity_links.
with holders as (
    select
        kind,
        identifier,
        node_no,
        refusal_reason,
        -- A record whose own value is refused must not stand between two that could be linked by it.
        coalesce(
            min(case when refusal_reason is null then node_no end) over (partition by kind, identifier),
            min(node_no) over (partition by kind, identifier)
        ) as hub_no,
        sum(case when refusal_reason is null then 1 else 0 end) over (partition by kind, identifier) as records
    from {{ ref("int_identity_identifiers") }}
),

merged as (
    select
        nodes.node_no,
        min(nodes.node_no) over (partition by merges.merge_group) as hub_no
    from {{ ref("stg_agreement__identity_merges") }} as merges
    inner join {{ ref("int_identity_nodes") }} as nodes on merges.node = nodes.node
)

select
    node_no,
    hub_no as other_no,
    kind as rule,
    identifier,
    records,
    {{ link_strength("kind") }} as strength,
    coalesce(
        refusal_reason,
        case when records > {{ var("identity_max_records") }} then 'too_many_records' end
    ) as refusal_reason
from holders
where node_no <> hub_no

union all

select
    node_no,
    hub_no as other_no,
    'manual_merge' as rule,
    {{ no_text() }} as identifier,
    2 as records,
    0 as strength,
    {{ no_text() }} as refusal_reason
from merged
where node_no <> hub_no
