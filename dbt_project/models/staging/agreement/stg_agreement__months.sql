-- Local months, [starts_at, ends_at) in UTC, with the version in force when the month starts.
select
    agreement_version,
    calendar_zone,
    month,
    starts_at,
    ends_at
from {{ current_agreement(source("raw_agreement", "months")) }} as months
