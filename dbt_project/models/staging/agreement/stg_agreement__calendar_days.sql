-- Working intervals of each calendar and UTC date, in whole seconds after 00:00 UTC.
select
    calendar_hash,
    utc_date,
    i1_start,
    i1_end,
    i2_start,
    i2_end,
    i3_start,
    i3_end,
    i4_start,
    i4_end,
    cum_before,
    working_seconds
from {{ current_agreement(source("raw_agreement", "calendar_days")) }} as calendar_days
