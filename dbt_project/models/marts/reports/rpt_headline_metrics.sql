-- The figures both areas are measured by, for the whole company; by channel and team in rpt_headline_breakdown.
select
    metric, period, period_start, period_end, actual, target, direction, unit, status, reason, sample_size, hits, undecided,
    is_mature, share_within_target, agreement_version, interval_low, interval_high, interval_method, is_beyond_chance, is_partial
from {{ ref('int_headline_figures') }}
where dimension = 'all'
