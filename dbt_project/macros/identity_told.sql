{#- Rows of fct_identity_links without their hashes. Macros, not ephemeral models: see identity_records. -#}

{#- Links as they turned out, one row per two records, rule and reason, with the people of both. A link that no guard refused
    and that still does not join was cut because its component holds a contradiction. -#}
{% macro links_as_they_turned_out() -%}
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
inner join {{ ends_of_links() }} as own on pairs.node_no = own.node_no
inner join {{ ends_of_links() }} as other on pairs.other_no = other.node_no
left join contradictions on pairs.node_no = contradictions.node_no
{%- endmacro %}

{#- Whose the two records of a link are. -#}
{% macro ends_of_links() -%}
{%- if not identity_day() %}{{ return(ref('int_person_nodes')) }}{% endif -%}
{{ return('(select node_no, node, person_id from ' ~ identity_work('parts') ~ ' union all select * from ' ~ identity_work('strangers') ~ ')') }}
{%- endmacro %}

{#- What somebody decided by hand and no link shows: records told apart, and records of a merger that no system showed. -#}
{% macro decided_by_hand() -%}
with named as (
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
)

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
{%- endmacro %}
