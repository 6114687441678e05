{{ config(
    materialized="daily",
    stale="record in (select node from intermediate.identity_work_published) or other_record in (select node from intermediate.identity_work_published) or rule = 'manual_split' or refusal_reason = 'unknown_record'",
    pre_hook="{{ note_published_of_today() }}",
) }}
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

-- Records that somebody decided about.
named as (
    select
        node,
        person_id
    from {{ ref("int_person_nodes") }}
    where node in (
        select node from {{ ref("stg_agreement__identity_splits") }}
        union all
        select node from {{ ref("stg_agreement__identity_merges") }}
        union all
        select merge_group from {{ ref("stg_agreement__identity_merges") }}
    )
),

pairs as (
    select
        rule,
        node_no,
        other_no,
        refusal_reason,
        min({{ masked_evidence("rule", "identifier") }}) as evidence,
        count(*) as shared_values,
        max(records) as records
    from {{ of_today("int_identity_links", "links") }}
    group by rule, node_no, other_no, refusal_reason
),

told as (
    select
        pairs.rule,
        own.node,
        other.node as other_node,
        coalesce(
            pairs.refusal_reason,
            case
                when own.person_id <> other.person_id
                    then case when contradictions.is_by_hand = 1 then 'manual_split' else 'different_cpf' end
            end
        ) as refusal_reason,
        own.person_id,
        other.person_id as other_person_id,
        pairs.evidence,
        pairs.shared_values,
        pairs.records
    from pairs
    inner join {{ of_today("int_person_nodes", "ends") }} as own on pairs.node_no = own.node_no
    inner join {{ of_today("int_person_nodes", "ends") }} as other on pairs.other_no = other.node_no
    left join contradictions on pairs.node_no = contradictions.node_no

    union all

    select
        decided.rule,
        decided.node,
        decided.other_node,
        decided.refusal_reason,
        own.person_id,
        other.person_id as other_person_id,
        {{ no_text() }} as evidence,
        count(*) as shared_values,
        2 as records
    from (
        select
            'manual_split' as rule,
            one.node,
            another.node as other_node,
            'manual_split' as refusal_reason
        from {{ ref("stg_agreement__identity_splits") }} as one
        inner join {{ ref("stg_agreement__identity_splits") }} as another
            on one.split_no = another.split_no and one.party < another.party
        union all
        select
            'manual_merge' as rule,
            merges.node,
            merges.merge_group as other_node,
            'unknown_record' as refusal_reason
        from {{ ref("stg_agreement__identity_merges") }} as merges
        left join named on merges.node = named.node
        where named.node is null
    ) as decided
    left join named as own on decided.node = own.node
    left join named as other on decided.other_node = other.node
    group by decided.rule, decided.node, decided.other_node, decided.refusal_reason, own.person_id, other.person_id
)

select
    {{ hash_id("rule || '|' || node || '|' || other_node || '|' || coalesce(refusal_reason, '')") }} as link_id,
    rule,
    case when refusal_reason is null then 'kept' else 'refused' end as outcome,
    refusal_reason,
    {{ published_node("node") }} as record,
    {{ published_node("other_node") }} as other_record,
    person_id,
    other_person_id,
    evidence,
    cast(shared_values as bigint) as shared_values,
    cast(records as bigint) as records
from told
