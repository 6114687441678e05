-- Traffic source and medium mapped to channels; medium null = any.
select
    lower(trim(traffic_source)) as traffic_source,
    lower(trim(traffic_medium)) as traffic_medium,
    channel
from {{ current_agreement(source("raw_agreement", "channel_map")) }} as channel_map
