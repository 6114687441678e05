-- One row per two records, rule and outcome: why they are one person, or why they are not although something says so. A link
-- that no guard refused and that still does not join was cut because its component holds a contradiction.
with contradictions as (
    select
        labels.node_no,
        max(case when seeds.cause = 'manual_split' then 1 else 0 end) as is_by_hand
    from {{ ref("int_identity_labels") }} as labels
    inner join {{ ref("int_identity_seeds") }} as seeds on labels.label = seeds.label
    group by labels.node_no
),

found as (
    select
        links.rule,
        nodes.node,
        others.node as other_node,
        {{ masked_evidence("links.rule", "links.identifier") }} as evidence,
        links.records,
        coalesce(
            links.refusal_reason,
            case
                when own.person_id <> other.person_id
                    then case when contradictions.is_by_hand = 1 then 'manual_split' else 'different_cpf' end
            end
        ) as refusal_reason
    from {{ ref("int_identity_links") }} as links
    inner join {{ ref("int_identity_nodes") }} as nodes on links.node_no = nodes.node_no
    inner join {{ ref("int_identity_nodes") }} as others on links.other_no = others.node_no
    inner join {{ ref("int_person_nodes") }} as own on nodes.node = own.node
    inner join {{ ref("int_person_nodes") }} as other on others.node = other.node
    left join contradictions on links.node_no = contradictions.node_no

    union all

    select
        'manual_split' as rule,
        own.node,
        other.node as other_node,
        {{ no_text() }} as evidence,
        2 as records,
        'manual_split' as refusal_reason
    from {{ ref("stg_agreement__identity_splits") }} as own
    inner join {{ ref("stg_agreement__identity_splits") }} as other
        on own.split_no = other.split_no and own.party < other.party

    union all

    select
        'manual_merge' as rule,
        merges.node,
        merges.merge_group as other_node,
        {{ no_text() }} as evidence,
        2 as records,
        'unknown_record' as refusal_reason
    from {{ ref("stg_agreement__identity_merges") }} as merges
    left join {{ ref("int_identity_nodes") }} as nodes on merges.node = nodes.node
    where nodes.node is null
),

told as (
    select
        rule,
        {{ published_node("node") }} as record,
        {{ published_node("other_node") }} as other_record,
        refusal_reason,
        node,
        other_node,
        min(evidence) as evidence,
        count(*) as shared_values,
        max(records) as records
    from found
    group by rule, node, other_node, refusal_reason
)

select
    {{ hash_id("told.rule || '|' || told.node || '|' || told.other_node || '|' || coalesce(told.refusal_reason, '')") }} as link_id,
    told.rule,
    case when told.refusal_reason is null then 'kept' else 'refused' end as outcome,
    told.refusal_reason,
    told.record,
    told.other_record,
    own.person_id,
    other.person_id as other_person_id,
    told.evidence,
    cast(told.shared_values as bigint) as shared_values,
    cast(told.records as bigint) as records
from told
left join {{ ref("int_person_nodes") }} as own on told.node = own.node
left join {{ ref("int_person_nodes") }} as other on told.other_node = other.node
