-- Every headline metric measured: for the company (`all`) in every period, for a channel or a team where it has members. What
-- cannot be given says why.
with subjects as (
    select t.*, 'all' as dimension, 'all' as value
    from {{ ref('int_metric_targets') }} as t
    union all
    select t.*, c.dimension, c.value
    from {{ ref('int_metric_targets') }} as t
    inner join (
        select metric, period, period_start, dimension, value from {{ ref('int_metric_cohorts') }}
        union all
        select metric, period, period_start, dimension, value from {{ ref('int_first_contact_shares') }}
        union all
        select 'nrr', 'month', month, dimension, value from {{ ref('int_retention') }}
    ) as c
        on t.metric = c.metric and t.period = c.period and t.period_start = c.period_start
    where c.dimension <> 'all'
)

select
    t.*,
    coalesce(c.sample_size, s.sample_size, r.opening_accounts, e.new_customers, 0) as sample_size,
    coalesce(c.hits, s.hits) as hits,
    coalesce(c.undecided, s.undecided, 0) as undecided,
    {{ ratio('s.hits', 's.decided') }} as share_within_target,
    coalesce(c.not_judged_reason, s.not_judged_reason) as not_judged_reason,
    case
        when not exists (select 1 from {{ ref('int_retention') }}) then 'no_contract_movements'
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
    end as actual,
    case
        when t.metric like 'first_contact%' then cast(i.low_seconds as decimal(18, 4))
        when t.metric <> 'sqls_delivered' then {{ wilson_low('c.hits', 'c.sample_size') }}
    end as interval_low,
    case
        when t.metric like 'first_contact%' then cast(i.high_seconds as decimal(18, 4))
        when t.metric <> 'sqls_delivered' then {{ wilson_high('c.hits', 'c.sample_size') }}
    end as interval_high
from subjects as t
left join {{ ref('int_metric_cohorts') }} as c
    on t.metric = c.metric and t.period = c.period and t.period_start = c.period_start
    and t.dimension = c.dimension and t.value = c.value
left join {{ ref('int_first_contact_shares') }} as s
    on t.metric = s.metric and t.period = s.period and t.period_start = s.period_start
    and t.dimension = s.dimension and t.value = s.value
left join {{ ref('int_first_contact_medians') }} as m
    on t.metric = m.metric and t.period = m.period and t.period_start = m.period_start
    and t.dimension = m.dimension and t.value = m.value
left join {{ ref('int_first_contact_intervals') }} as i
    on t.metric = i.metric and t.period = i.period and t.period_start = i.period_start
    and t.dimension = i.dimension and t.value = i.value
left join {{ ref('int_retention') }} as r
    on t.metric = 'nrr' and t.period = 'month' and t.period_start = r.month
    and t.dimension = r.dimension and t.value = r.value
left join {{ ref('rpt_unit_economics') }} as e
    on t.metric = 'ltv_cac' and t.period = 'month' and t.period_start = e.period_start
