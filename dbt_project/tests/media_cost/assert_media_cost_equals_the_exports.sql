-- To the cent, as billed: the lines of each export as it was read last, and the days of it that count in the mart.
with lines as (
    select file_name, load_seq, sum(original_amount) as landed
    from {{ source("raw_media_cost", "daily") }}
    where load_seq <= {{ known_at() }}
    group by file_name, load_seq
),

last_read as (
    select file_name, landed, row_number() over (partition by file_name order by load_seq desc nulls last) as place
    from lines
),

counting as (
    select file_name, sum(original_amount) as counting from {{ ref("stg_media_cost__daily") }} group by file_name
)

select exports.file_name, exports.total_amount, last_read.landed, exports.amount_used, counting.counting
from {{ ref("rpt_media_exports") }} as exports
left join last_read on exports.file_name = last_read.file_name and last_read.place = 1
left join counting on exports.file_name = counting.file_name
where exports.total_amount <> coalesce(last_read.landed, 0) or exports.amount_used <> coalesce(counting.counting, 0)
