-- The score against what really happened: band by band, how many hand-overs became SQL and were sold, and how sellers graded
-- them, for all and by campaign, form and segment. Only what is decided counts in a share.
with members as (
    select
        t.trait, t.value, {{ period_start('month', 'h.mql_date') }} as period_start, s.band, s.is_band_sure,
        {{ sql_date('h.sql_at', 'h.won_date') }} is not null as is_sql,
        h.status = 'won' as is_won, h.status = 'open' as is_open, h.seller_rating
    from {{ ref('fct_handoff_scores') }} as s
    inner join {{ ref('int_handoffs') }} as h on s.handoff_id = h.handoff_id
    inner join (
        select handoff_id, trait, value from {{ ref('int_handoff_traits') }} where trait in ('campaign_id', 'form', 'segment')
        union all
        select handoff_id, 'all', 'all' from {{ ref('int_handoffs') }}
    ) as t on s.handoff_id = t.handoff_id
),

counted as (
    select
        trait, value, period_start, band,
        count(*) as handoffs,
        cast(sum(case when is_band_sure then 0 else 1 end) as bigint) as band_unsure,
        cast(sum(case when is_open and not is_sql then 0 else 1 end) as bigint) as sql_decided,
        cast(sum(case when is_sql then 1 else 0 end) as bigint) as sqls,
        cast(sum(case when is_open then 0 else 1 end) as bigint) as won_decided,
        cast(sum(case when is_won then 1 else 0 end) as bigint) as won,
        count(seller_rating) as rated,
        cast(sum(case when seller_rating >= 4 then 1 else 0 end) as bigint) as well_rated,
        cast(sum(seller_rating) as bigint) as grades
    from members
    group by trait, value, period_start, band
)

select
    {{ hash_id("trait || '|' || value || '|' || " ~ as_text("period_start") ~ " || '|' || band") }} as score_review_id,
    trait, value, period_start, band, handoffs, band_unsure,
    sql_decided, sqls, {{ ratio('sqls', 'sql_decided') }} as sql_share,
    {{ wilson_low('sqls', 'sql_decided') }} as sql_share_low,
    {{ wilson_high('sqls', 'sql_decided') }} as sql_share_high,
    won_decided, won, {{ ratio('won', 'won_decided') }} as won_share,
    {{ wilson_low('won', 'won_decided') }} as won_share_low,
    {{ wilson_high('won', 'won_decided') }} as won_share_high,
    rated, well_rated, {{ ratio('well_rated', 'rated') }} as well_rated_share, {{ ratio('grades', 'rated') }} as mean_rating
from counted
