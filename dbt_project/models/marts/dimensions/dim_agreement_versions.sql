-- One row per signed version of the agreement: the text that pins every verdict given under it.
select
    agreement_version,
    agreement_hash,
    calendar_hash,
    effective_from,
    {{ local_date('effective_from') }} as effective_from_date,
    case when in_force_until < cast('9999-01-01 00:00:00' as timestamp) then in_force_until end as effective_until,
    effective_from <= {{ as_of() }} and in_force_until > {{ as_of() }} as is_current,
    signed_marketing,
    signed_sales,
    cast(inactivity_days as bigint) as inactivity_days,
    consent_unknown,
    cast(hot_interest_min as bigint) as hot_interest_min,
    cast(hot_signal_days as bigint) as hot_signal_days
from {{ ref('stg_agreement__versions') }}
