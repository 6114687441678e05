-- What each share was before and after a version of the agreement came into force, and what it would have been after with
-- the mix of leads of before (direct standardisation over channel and temperature, strata with members on both sides).
-- The interval is the usual one of a difference of standardised shares. An association: other things changed as well.
with strata as (
    select
        *,
        before_members > 0 and after_members > 0 as is_common,
        1e0 * before_hits / nullif(before_members, 0) as before_share,
        1e0 * after_hits / nullif(after_members, 0) as after_share
    from {{ ref('int_version_strata') }}
),

summed as (
    select
        agreement_version, metric,
        cast(sum(before_members) as bigint) as before_members, cast(sum(before_hits) as bigint) as before_hits,
        cast(sum(after_members) as bigint) as after_members, cast(sum(after_hits) as bigint) as after_hits,
        cast(sum(before_undecided) as bigint) as before_undecided, cast(sum(after_undecided) as bigint) as after_undecided,
        cast(sum(case when is_common then before_members else 0 end) as bigint) as compared,
        cast(sum(case when is_common then before_hits else 0 end) as bigint) as compared_hits,
        sum(case when is_common then before_members * after_share end) as expected_hits,
        sum(case when is_common then before_undecided else 0 end) as compared_undecided,
        sum(case when is_common then 1e0 * before_members * after_undecided / after_members end) as expected_undecided,
        sum(case when is_common then
            1e0 * before_members * before_members
            * (before_share * (1e0 - before_share) / before_members + after_share * (1e0 - after_share) / after_members)
        end) as variance
    from strata
    group by agreement_version, metric
),

figures as (
    select
        *,
        (expected_hits - compared_hits) / compared as change,
        1.96e0 * sqrt(variance) / compared as margin,
        -- How far the change could still move, if all that is undecided became a hit on one side and nothing on the other.
        1e0 * compared_undecided / compared as may_fall,
        expected_undecided / compared as may_rise
    from summed
    where compared > 0
)

select
    {{ hash_id("s.agreement_version || '|' || s.metric") }} as before_after_id,
    s.agreement_version, s.metric, s.before_members, s.after_members,
    {{ ratio('s.before_hits', 's.before_members') }} as before_value,
    {{ ratio('s.after_hits', 's.after_members') }} as after_value,
    {{ to_four_places('f.expected_hits / f.compared') }} as after_value_same_mix,
    {{ ratio('s.compared', 's.before_members') }} as share_compared,
    {{ to_four_places('f.change') }} as change_same_mix,
    {{ to_four_places('f.change - f.margin') }} as change_at_least,
    {{ to_four_places('f.change + f.margin') }} as change_at_most,
    s.before_undecided, s.after_undecided,
    case
        when f.compared is null then 'not_comparable'
        when f.change - f.margin - f.may_fall > 0 then 'higher'
        when f.change + f.margin + f.may_rise < 0 then 'lower'
        when f.change - f.margin > 0 or f.change + f.margin < 0 then 'immature'
        else 'no_difference_beyond_chance'
    end as reading
from summed as s
left join figures as f on s.agreement_version = f.agreement_version and s.metric = f.metric
