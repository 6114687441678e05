-- Every headline metric in every period with its target in the version of that period: the rows that must exist in
-- rpt_headline_metrics. The agreement names times with their unit (`first_contact_hot_seconds`).
with metrics as (
{%- for metric in ['mql_to_sql', 'first_contact_hot', 'first_contact_other', 'close_rate', 'acceptance',
                   'sqls_delivered', 'ltv_cac', 'nrr'] %}
    select '{{ metric }}' as metric{{ " union all" if not loop.last }}
{%- endfor %}
)

select
    m.metric, p.period, p.period_start, p.period_end, p.is_over, p.is_past_inactivity, p.agreement_version,
    t.target, t.direction, t.unit
from {{ ref('int_metric_periods') }} as p
cross join metrics as m
left join {{ ref('stg_agreement__targets') }} as t
    on p.agreement_version = t.agreement_version and m.metric = replace(t.metric, '_seconds', '')
