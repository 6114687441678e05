-- One row per hand-over and rule of the agreement's score: earned, missed, or not readable by any source, with the fact.
with rules as (
    select
        agreement_version, rule_id, part, kind, points, min(title_pt) as title_pt, min(title_en) as title_en
    from {{ ref('stg_agreement__score_rules') }}
    group by agreement_version, rule_id, part, kind, points
),

answers as (
    select
        handoff_id, rule_id,
        case
            when max(case when is_hit then 1 else 0 end) = 1 then 'earned'
            when max(case when is_hit is null then 1 else 0 end) = 1 then 'not_readable'
            else 'missed'
        end as result,
        min(case when is_hit then fact end) as evidence
    from {{ ref('int_score_answers') }}
    group by handoff_id, rule_id
)

select
    {{ hash_id("a.handoff_id || '|' || a.rule_id") }} as score_part_id,
    a.handoff_id, h.agreement_version, a.rule_id, r.title_pt, r.title_en, r.part, r.kind, a.result,
    cast(case when a.result = 'earned' then r.points when a.result = 'missed' then 0 end as bigint) as points,
    cast(r.points as bigint) as rule_points, a.evidence
from answers as a
inner join {{ ref('int_handoffs') }} as h on a.handoff_id = h.handoff_id
inner join rules as r on h.agreement_version = r.agreement_version and a.rule_id = r.rule_id
