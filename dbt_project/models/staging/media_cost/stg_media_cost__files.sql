-- Each export as it was read last.
select
    platform,
    account_id,
    file_name,
    first_day,
    last_day,
    lines,
    quarantined,
    total_amount,
    stated_total,
    {{ trunc_second("exported_at") }} as exported_at
from {{ latest_rows(source("raw_media_cost", "files"), "file_name") }} as files
