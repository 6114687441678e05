{{ config(materialized='ephemeral') }}
-- What somebody decided by hand and no link shows: records told apart, and records of a merger that no system showed.
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
