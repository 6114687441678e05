-- One row per hand-over whose version of the agreement has a score: what its readable facts earn, what nobody can read, the
-- band it is in and the best one it could be in; RD Station's own fit and interest, as seen at the hand-over, beside it.
with sums as (
    select
        handoff_id, agreement_version,
        cast(sum(coalesce(points, 0)) as bigint) as score,
        cast(sum(case when part = 'fit' then coalesce(points, 0) else 0 end) as bigint) as fit_points,
        cast(sum(case when part = 'interest' then coalesce(points, 0) else 0 end) as bigint) as interest_points,
        cast(sum(case when result = 'not_readable' then rule_points else 0 end) as bigint) as unreadable_points,
        cast(sum(case when result = 'not_readable' then 1 else 0 end) as bigint) as unreadable_rules
    from {{ ref('fct_handoff_score_parts') }}
    group by handoff_id, agreement_version
),

-- Letters rise as bands fall: the smallest letter that the points reach.
banded as (
    select
        s.handoff_id,
        min(case when s.score >= b.from_points then b.band end) as band,
        min(case when s.score + s.unreadable_points >= b.from_points then b.band end) as band_at_best
    from sums as s
    inner join {{ ref('stg_agreement__score_bands') }} as b on s.agreement_version = b.agreement_version
    group by s.handoff_id
)

select
    s.handoff_id, s.agreement_version, h.mql_date, s.score, s.fit_points, s.interest_points, s.unreadable_points,
    s.unreadable_rules, b.band, b.band_at_best, b.band = b.band_at_best as is_band_sure,
    h.fit_score as rd_fit_score, h.interest_score as rd_interest_score
from sums as s
inner join banded as b on s.handoff_id = b.handoff_id
inner join {{ ref('int_handoffs') }} as h on s.handoff_id = h.handoff_id
