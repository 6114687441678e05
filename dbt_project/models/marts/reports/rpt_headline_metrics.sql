-- The figures both areas are measured by, against the target of the period. A period that is not over, or whose members
-- may still change the figure, is `immature`; what cannot be computed says why.
with measured as (
    select
        t.*,
        coalesce(c.sample_size, s.sample_size, r.opening_accounts, e.new_customers, 0) as sample_size,
        coalesce(c.hits, s.hits) as hits,
        coalesce(c.undecided, s.undecided, 0) as undecided,
        {{ ratio('s.hits', 's.decided') }} as share_within_target,
        coalesce(c.not_judged_reason, s.not_judged_reason) as not_judged_reason,
        case
            when not exists (select 1 from {{ ref('rpt_mrr') }}) then 'no_contract_movements'
            when t.period <> 'month' then 'monthly_figure'
            when r.basis <> 'contract' then 'contracts_not_recorded'
        end as nrr_not_judged,
        case when t.period <> 'month' then 'monthly_figure' else e.ltv_cac_reason end as ltv_cac_not_judged,
        case
            when t.metric = 'sqls_delivered' then cast(coalesce(c.hits, 0) as decimal(18, 4))
            when t.metric = 'nrr' then case when r.basis = 'contract' then r.nrr end
            when t.metric = 'ltv_cac' then e.ltv_cac
            when t.metric like 'first_contact%' then cast(m.median_seconds as decimal(18, 4))
            else {{ ratio('c.hits', 'c.sample_size') }}
        end as actual
    from {{ ref('int_metric_targets') }} as t
    left join {{ ref('int_metric_cohorts') }} as c
        on t.metric = c.metric and t.period = c.period and t.period_start = c.period_start
    left join {{ ref('int_first_contact_shares') }} as s
        on t.metric = s.metric and t.period = s.period and t.period_start = s.period_start
    left join {{ ref('int_first_contact_medians') }} as m
        on t.metric = m.metric and t.period = m.period and t.period_start = m.period_start
    left join {{ ref('rpt_mrr') }} as r
        on t.metric = 'nrr' and t.period = 'month' and t.period_start = r.month
    left join {{ ref('rpt_unit_economics') }} as e
        on t.metric = 'ltv_cac' and t.period = 'month' and t.period_start = e.period_start
),

reasoned as (
    select
        *,
        is_over and (undecided = 0 or is_past_inactivity) as is_mature,
        case
            when metric = 'ltv_cac' and ltv_cac_not_judged is not null then ltv_cac_not_judged
            when metric = 'nrr' and nrr_not_judged is not null then nrr_not_judged
            when target is null then 'no_target'
            when unit = 'per_month' and period <> 'month' then 'monthly_target'
            when sample_size = 0 and metric <> 'sqls_delivered' then coalesce(not_judged_reason, 'no_sample')
        end as not_judged
    from measured
)

select
    metric, period, period_start, period_end, actual, target, direction, unit,
    case
        when not_judged is not null then 'not_judgeable'
        when not is_mature then 'immature'
        when direction = 'at_least' and actual >= target then 'met'
        when direction = 'at_most' and actual <= target then 'met'
        else 'missed'
    end as status,
    case
        when not_judged is not null then not_judged
        when not is_over then 'period_running'
        when not is_mature then 'cohort_open'
        when actual is null then 'median_not_reached'
    end as reason,
    sample_size, hits, undecided, is_mature, share_within_target, agreement_version
from reasoned
