{{ config(
    materialized="daily",
    stale="record in (select node from " ~ identity_work('published') ~ ") or other_record in (select node from " ~ identity_work('published') ~ ") or rule = 'manual_split' or refusal_reason = 'unknown_record'",
) }}
-- One row per two records, rule and outcome: why they are one person, or why they are not although something says so.
with turned_out as (
    {{ links_as_they_turned_out() | indent(4) }}
),

decided as (
    {{ decided_by_hand() | indent(4) }}
),

told as (
    {%- for part in ["turned_out", "decided"] %}
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
    from {{ part }}
    {{- " union all" if not loop.last }}
    {%- endfor %}
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
