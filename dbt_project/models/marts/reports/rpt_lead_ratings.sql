-- How sellers grade the leads they get, 1 to 5, by what each lead was like when it was handed over; what became of the well
-- and of the badly graded ones beside it. Whether a trait's leads are graded otherwise than all others is told beyond chance:
-- the 95 % interval of its share of well graded ones (4 and 5) against the share of all.
with rated as (
    select
        t.trait, t.value, {{ period_start('month', 'h.mql_date') }} as period_start,
        h.seller_rating as rating, h.status = 'won' as is_won
    from {{ ref('int_handoff_traits') }} as t
    inner join {{ ref('int_handoffs') }} as h on t.handoff_id = h.handoff_id
),

counted as (
    select
        trait, value, period_start,
        count(*) as handoffs,
        count(rating) as rated,
        {% for grade in range(1, 6) -%}
        cast(sum(case when rating = {{ grade }} then 1 else 0 end) as bigint) as rating_{{ grade }},
        {% endfor -%}
        cast(sum(rating) as bigint) as points,
        cast(sum(case when rating >= 4 then 1 else 0 end) as bigint) as well_rated,
        cast(sum(case when rating <= 2 then 1 else 0 end) as bigint) as badly_rated,
        cast(sum(case when rating >= 4 and is_won then 1 else 0 end) as bigint) as well_rated_won,
        cast(sum(case when rating <= 2 and is_won then 1 else 0 end) as bigint) as badly_rated_won,
        cast(sum(case when is_won then 1 else 0 end) as bigint) as won
    from rated
    group by trait, value, period_start
),

compared as (
    select
        *,
        sum(rated) over (partition by trait, period_start) as rated_all,
        sum(well_rated) over (partition by trait, period_start) as well_rated_all
    from counted
)

select
    {{ hash_id("trait || '|' || value || '|' || " ~ as_text("period_start")) }} as lead_rating_id,
    trait, value, period_start, handoffs, rated,
    rating_1, rating_2, rating_3, rating_4, rating_5,
    {{ ratio('points', 'rated') }} as mean_rating,
    well_rated, badly_rated,
    {{ ratio('well_rated', 'rated') }} as well_rated_share,
    {{ ratio('well_rated_all', 'rated_all') }} as well_rated_share_of_all,
    well_rated_won, badly_rated_won, won,
    case
        when rated = 0 then 'not_rated'
        when {{ wilson_low('well_rated', 'rated') }} > {{ ratio('well_rated_all', 'rated_all') }} then 'better'
        when {{ wilson_high('well_rated', 'rated') }} < {{ ratio('well_rated_all', 'rated_all') }} then 'worse'
        else 'like_all'
    end as reading
from compared
