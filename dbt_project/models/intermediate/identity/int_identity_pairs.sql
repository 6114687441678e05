{{ config(materialized='ephemeral') }}
-- Links as they turned out, one row per two records, rule and reason. A link that no guard refused and that still does not
-- join was cut because its component holds a contradiction.
with contradictions as (
    select
        labels.node_no,
        max(case when seeds.cause = 'manual_split' then 1 else 0 end) as is_by_hand
    from {{ of_today("int_identity_labels", "labels") }} as labels
    inner join {{ of_today("int_identity_seeds", "seeds") }} as seeds on labels.label = seeds.label
    group by labels.node_no
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
)

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
