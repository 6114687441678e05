-- Landing pages, forms, pop-ups, e-mails, flows, campaigns and segmentations.
select
    asset_kind,
    asset_id,
    name,
    identifier,
    status,
    {{ trunc_second("created_at") }} as created_at,
    {{ trunc_second("updated_at") }} as updated_at
from {{ latest_rows(source("raw_rd_station", "assets"), "asset_kind, asset_id") }} as assets
