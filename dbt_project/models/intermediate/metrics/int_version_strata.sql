-- Members of each share in the time before and after a version of the agreement came into force, by what the mix of leads
-- is made of: channel and temperature. Before: from the start of the version before it, or the first hand-over.
with versions as (
    select
        agreement_version, effective_from_date, effective_until,
        lag(effective_from_date) over (order by effective_from) as before_from
    from {{ ref('dim_agreement_versions') }}
    where effective_from <= {{ as_of() }}
),

sides as (
    select
        v.agreement_version, m.metric, h.channel, h.temperature, m.is_hit, m.is_open and not m.is_hit as is_undecided,
        case when h.mql_date >= v.effective_from_date then 1 else 0 end as after
    from versions as v
    inner join {{ ref('int_handoffs') }} as h
        on h.mql_date >= coalesce(v.before_from, h.mql_date)
        and h.mql_date < coalesce({{ local_date('v.effective_until') }}, {{ add_days(local_date(as_of()), 1) }})
    inner join {{ ref('int_metric_members') }} as m on h.handoff_id = m.handoff_id
    where m.is_recorded and m.metric <> 'sqls_delivered'
)

select
    agreement_version, metric, channel, temperature,
    sum(1 - after) as before_members,
    sum(after) as after_members,
    sum(case when is_hit then 1 - after else 0 end) as before_hits,
    sum(case when is_hit then after else 0 end) as after_hits,
    sum(case when is_undecided then 1 - after else 0 end) as before_undecided,
    sum(case when is_undecided then after else 0 end) as after_undecided
from sides
group by agreement_version, metric, channel, temperature
