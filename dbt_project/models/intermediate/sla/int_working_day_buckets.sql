-- The inverse of the business calendar as an equality join (see the macro).
{{ working_day_buckets(ref('stg_agreement__calendar_days')) }}
