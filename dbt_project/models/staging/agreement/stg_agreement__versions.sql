-- One row per version. It is in force in [in_force_from, in_force_until); the first also covers what came before it.
select
    agreement_version,
    agreement_hash,
    calendar_hash,
    effective_from,
    case
        when lag(effective_from) over (order by effective_from asc, agreement_version asc) is null
            then cast('0001-01-01 00:00:00' as timestamp)
        else effective_from
    end as in_force_from,
    coalesce(
        lead(effective_from) over (order by effective_from asc, agreement_version asc),
        cast('9999-12-31 00:00:00' as timestamp)
    ) as in_force_until,
    signed_marketing,
    signed_sales,
    inactivity_days,
    consent_unknown,
    hot_interest_min,
    hot_signal_days,
    return_at_most,
    return_cooling_off_seconds
from {{ current_agreement(source("raw_agreement", "versions")) }} as versions
