{{ config(
    materialized="daily",
    stale="record in (select node from " ~ identity_work('published') ~ ") or other_record in (select node from " ~ identity_work('published') ~ ") or rule = 'manual_split' or refusal_reason = 'unknown_record'",
    pre_hook="{{ note_published_of_today() }}",
) }}
-- One row per two records, rule and outcome: why they are one person, or why they are not although something says so.
with told as (
    select
        rule,
        node,
        other_node,
        refusal_reason,
        person_id,
        other_person_id,
        evidence,
        shared_values,
        records
    from {{ ref("int_identity_pairs") }}
    union all
    select
        rule,
        node,
        other_node,
        refusal_reason,
        person_id,
        other_person_id,
        evidence,
        shared_values,
        records
    from {{ ref("int_identity_decided") }}
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
