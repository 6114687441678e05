-- The verdict of every row of the index: what its kind judged, what nobody can judge, how long it took, and what was waived.
with judged as (
{%- for k in clause_kinds() %}
    select verdict_id, due_at, met_at, basis, judgement, evidence, {{ k.timed }} as is_timed
    from {{ ref('int_clause_' ~ k.kind) }}{{ ' union all' if not loop.last }}
{%- endfor %}
),

-- Without a stop the clock was seen to run until the passage closed, or until now.
observed as (
    select
        i.*,
        case when not i.is_date_only then j.due_at end as due_at,
        case when not i.is_date_only then j.met_at end as met_at,
        j.basis,
        case when not i.is_date_only then j.evidence end as evidence,
        j.is_timed,
        case when i.is_date_only then 'not_judgeable/date_only'
            when i.not_recorded is not null then 'not_judgeable/' || i.not_recorded
            else j.judgement end as judgement,
        case when not i.is_date_only and i.subject_type <> 'month' then
            coalesce(j.met_at, greatest(i.started_at, least(coalesce(i.closed_at, {{ as_of() }}), {{ as_of() }})))
        end as observed_until
    from {{ ref('int_clause_index') }} as i
    inner join judged as j on i.verdict_id = j.verdict_id
),

timed as (
    select
        o.*,
        {{ verdict_of('o.judgement') }} as unwaived_verdict,
        {{ reason_of('o.judgement') }} as unwaived_reason,
        {{ epoch_seconds('o.observed_until') }} - {{ epoch_seconds('o.started_at') }} as observed_elapsed,
        {{ worked_before('o.observed_until', 'd2') }} - {{ worked_before('o.started_at', 'd1') }} as observed_business
    from observed as o
    left join {{ ref('stg_agreement__calendar_days') }} as d1
        on o.calendar_hash = d1.calendar_hash and cast(o.started_at as date) = d1.utc_date
    left join {{ ref('stg_agreement__calendar_days') }} as d2
        on o.calendar_hash = d2.calendar_hash and cast(o.observed_until as date) = d2.utc_date
),

-- What is not known to be kept may be waived; of several waivers the smallest id speaks.
waived as (
    select t.verdict_id, min(w.waiver_id) as waiver_id
    from timed as t
    inner join (
        select w.*, s.seller_id as waived_seller_id
        from {{ ref('stg_agreement__waivers') }} as w
        left join {{ ref('int_seller_identities') }} as s on w.seller_email = s.email
    ) as w
        on (w.clause_id is null or w.clause_id = t.clause_id)
        and (w.handoff_id is null or w.handoff_id = t.handoff_id)
        and (w.seller_email is null or w.waived_seller_id = t.seller_id)
        and (w.from_at is null or w.from_at <= coalesce(t.started_at, cast(t.mql_date as timestamp)))
        and (w.until_at is null or w.until_at > coalesce(t.started_at, cast(t.mql_date as timestamp)))
    where t.unwaived_verdict in ('breached', 'running', 'not_judgeable')
    group by t.verdict_id
)

select
    t.*,
    case when t.met_at is not null and t.is_timed then t.observed_elapsed end as elapsed_seconds,
    case when t.met_at is not null and t.is_timed then t.observed_business end as business_seconds,
    case when w.waiver_id is null then t.unwaived_verdict else 'waived' end as verdict,
    case when w.waiver_id is null then t.unwaived_reason else 'waiver:' || w.waiver_id end as reason,
    w.waiver_id
from timed as t
left join waived as w on t.verdict_id = w.verdict_id
