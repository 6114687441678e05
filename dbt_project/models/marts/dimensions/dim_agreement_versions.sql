-- One row per signed version of the agreement: the text that pins every verdict given under it, and how often that text
-- was restated since (an explicit act, with its reason).
with restated as (
    select
        agreement_version, reason, restated_at,
        count(*) over (partition by agreement_version) as restatements,
        row_number() over (
            partition by agreement_version order by restated_at desc nulls last, new_hash asc
        ) as place
    from {{ ref('stg_agreement__restatements') }}
)

select
    v.agreement_version,
    v.agreement_hash,
    v.calendar_hash,
    v.effective_from,
    {{ local_date('v.effective_from') }} as effective_from_date,
    case when v.in_force_until < cast('9999-01-01 00:00:00' as timestamp) then v.in_force_until end as effective_until,
    v.effective_from <= {{ as_of() }} and v.in_force_until > {{ as_of() }} as is_current,
    v.signed_marketing,
    v.signed_sales,
    cast(v.inactivity_days as bigint) as inactivity_days,
    v.consent_unknown,
    cast(v.hot_interest_min as bigint) as hot_interest_min,
    cast(v.hot_signal_days as bigint) as hot_signal_days,
    coalesce(r.restatements, 0) as restatements,
    r.restated_at,
    r.reason as restatement_reason
from {{ ref('stg_agreement__versions') }} as v
left join restated as r on v.agreement_version = r.agreement_version and r.place = 1
