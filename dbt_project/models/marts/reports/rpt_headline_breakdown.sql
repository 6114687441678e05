-- The same figures for each channel and for each team: small samples, so the interval says how far each can be trusted.
select
    {{ hash_id("metric || '|' || period || '|' || " ~ as_text("period_start") ~ " || '|' || dimension || '|' || value") }}
        as headline_breakdown_id,
    metric, period, period_start, period_end, dimension, value, actual, target, direction, unit, status, reason, sample_size,
    hits, undecided, is_mature, share_within_target, agreement_version, interval_low, interval_high, interval_method,
    is_beyond_chance, is_partial
from {{ ref('int_headline_figures') }}
where dimension <> 'all'
