-- When each business clock runs out, once per (calendar, start, limit): both ends of an uncertain start need it.
with starts as (
    select calendar_hash, started_at as start_at, limit_seconds
    from {{ ref('int_response_index') }}
    where clock = 'business' and started_at is not null and not is_date_only
    union
    select calendar_hash, not_before as start_at, limit_seconds
    from {{ ref('int_response_index') }}
    where clock = 'business' and not_before is not null and not is_date_only
),

due as (
    {{ business_due('starts', ref('stg_agreement__calendar_days'), ref('int_working_day_buckets')) | indent(4) }}
)

select calendar_hash, start_at, limit_seconds, due_at from due
