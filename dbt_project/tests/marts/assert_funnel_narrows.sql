-- Whoever reached a stage reached every stage before it: within a cohort the counts may only fall.
select period_start, channel_label, stage
from (
    select
        *,
        lag(reached_or_later) over (partition by period_start, channel_label order by stage_no) as before
    from {{ ref('rpt_funnel') }}
    where stage_no >= 1
) as steps
where reached_or_later > before or skipped < 0 or passed > reached_or_later
