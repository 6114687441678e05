-- Each export of an ad account beside what of it counts: later exports replace its days one by one.
with used as (
    select
        source_file,
        count(*) as days_used,
        sum(original_amount) as amount_used,
        sum(case when match_rule = 'unmatched' then original_amount else 0 end) as amount_unmatched
    from {{ ref("fct_media_cost") }}
    group by source_file
)

select
    files.file_name,
    files.platform,
    files.account_id,
    files.exported_at,
    files.first_day,
    files.last_day,
    files.lines,
    files.quarantined,
    files.total_amount,
    files.stated_total,
    cast(coalesce(used.days_used, 0) as bigint) as days_used,
    cast(coalesce(used.amount_used, 0) as decimal(18, 2)) as amount_used,
    cast(coalesce(used.amount_unmatched, 0) as decimal(18, 2)) as amount_unmatched
from {{ ref("stg_media_cost__files") }} as files
left join used on files.file_name = used.source_file
