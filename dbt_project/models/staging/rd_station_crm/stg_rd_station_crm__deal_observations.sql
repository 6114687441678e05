-- Every fetch of a deal: owner and rating as they were seen then (the CRM keeps no history of either).
select
    deal_id,
    user_id,
    rating,
    {{ trunc_second("updated_at") }} as updated_at,
    {{ trunc_second("observed_at") }} as observed_at,
    load_seq,
    row_seq
from {{ source("raw_rd_station_crm", "deals") }}
where
    load_seq <= {{ known_at() }}
    and not coalesce(is_deleted, false)
