-- Revenue movements of an exported list up to as_of.
select
    movement_key,
    company_key,
    kind,
    amount,
    currency,
    occurred_on,
    coalesce(is_sample, false) as is_sample,
    status
from {{ latest_rows(source("raw_files", "movements"), "movement_key") }} as movements
where occurred_on <= {{ local_date(as_of()) }}
