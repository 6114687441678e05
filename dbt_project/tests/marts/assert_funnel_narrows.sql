-- Whoever reached a stage reached every stage before it: within a cohort the counts may only fall. Who renewed or expanded
-- is a customer; the two have no order.
select period_start, channel_label, stage
from (
    select
        *,
        case
            when {{ follows_sale('stage_no') }} then max(case when stage = 'customer' then reached_or_later end) over (partition by period_start, channel_label)
            else lag(reached_or_later) over (partition by period_start, channel_label order by stage_no)
        end as before
    from {{ ref('rpt_funnel') }}
    where stage_no >= 1
) as steps
where reached_or_later > before or skipped < 0 or passed > reached_or_later
