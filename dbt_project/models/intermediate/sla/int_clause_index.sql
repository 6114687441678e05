-- Which verdicts must exist: one row per subject and clause that speaks of it, of the version in force. Subjects are
-- passages (and each owner of those that changed hands) and local months. A date-only passage keeps its rows: they are
-- judged `not_judgeable`, never dropped.
with handed_over as (
    select
        c.agreement_version, c.clause_id, 'handoff' as subject_type, h.handoff_id as subject_id, h.handoff_id,
        cast(null as bigint) as owner_no,
        {{ no_text() }} as month,
        case c.clause_kind {% for k in clause_kinds('handoff') if not k.of_seller %}when '{{ k.kind }}' then null {% endfor %}
            else h.seller_id end as seller_id,
        h.agreement_hash, h.calendar_hash, h.mql_at, h.mql_date, h.closed_at,
        {{ clause_start() | indent(8) }} as started_at,
        case when c.starts_at = 'mql_at' then h.mql_not_before end as not_before,
        coalesce(h.rejected_at, h.lost_at) as ends_at,
        case
{%- for k in clause_kinds('handoff') if k.needs %}
            when c.clause_kind = '{{ k.kind }}' and not h.records_{{ k.needs }} then '{{ k.needs }}_not_recorded'
{%- endfor %}
        end as not_recorded
    from {{ ref('int_handoffs') }} as h
    inner join {{ ref('stg_agreement__clauses') }} as c
        on h.agreement_version = c.agreement_version and (c.temperature is null or c.temperature = h.temperature)
    where case c.clause_kind
{%- for k in clause_kinds('handoff') %}
        when '{{ k.kind }}' then {{ k.speaks_of | indent(8) }}
{%- endfor %}
    end
),

-- Each owner has the clause's time anew from when the lead became theirs; the passage's own row measures the wait of the
-- customer.
owned as (
    select
        p.agreement_version, p.clause_id, 'ownership' as subject_type,
        p.handoff_id || ':' || {{ as_text('o.owner_no') }} as subject_id, p.handoff_id, o.owner_no, p.month, o.seller_id,
        p.agreement_hash, p.calendar_hash, p.mql_at, p.mql_date, p.closed_at,
        case when o.owner_no = 1 or p.mql_at is null then p.started_at
            else greatest(o.from_at, p.mql_at) end as started_at,
        case when o.owner_no = 1 or p.mql_at is null then p.not_before
            else greatest(o.from_not_before, p.mql_at) end as not_before,
        p.ends_at, p.not_recorded
    from handed_over as p
    inner join {{ ref('stg_agreement__clauses') }} as c
        on p.agreement_version = c.agreement_version and p.clause_id = c.clause_id
        and c.clause_kind = 'response_time' and c.starts_at = 'mql_at'
    inner join {{ ref('int_handoff_owners') }} as o on p.handoff_id = o.handoff_id
    inner join (
        select handoff_id from {{ ref('int_handoff_owners') }} where owner_no = 2
    ) as again on p.handoff_id = again.handoff_id
),

-- From the local month of the first passage to that of as_of.
months as (
    select
        c.agreement_version, c.clause_id, 'month' as subject_type, m.month as subject_id,
        {{ no_text() }} as handoff_id, cast(null as bigint) as owner_no, m.month, {{ no_text() }} as seller_id,
        v.agreement_hash, v.calendar_hash,
        cast(null as timestamp) as mql_at, cast(null as date) as mql_date, cast(null as timestamp) as closed_at,
        m.starts_at as started_at, m.starts_at as not_before, m.ends_at,
        {{ no_text() }} as not_recorded
    from {{ ref('stg_agreement__months') }} as m
    inner join {{ ref('stg_agreement__clauses') }} as c on m.agreement_version = c.agreement_version
    inner join {{ ref('stg_agreement__versions') }} as v on m.agreement_version = v.agreement_version
    where
        c.clause_kind in ({% for k in clause_kinds('month') %}'{{ k.kind }}', {% endfor %}'')
        and m.starts_at <= {{ as_of() }}
        and m.month >= (select substr({{ as_text('min(mql_date)') }}, 1, 7) from {{ ref('int_handoffs') }})
),

subjects as (
    select * from handed_over
    union all
    select * from owned
    union all
    select * from months
),

-- Sales works by the seller's calendar, marketing by the version's. A clause that pauses counts no time of an absence.
calendars as (
    select
        s.*,
        c.clause_kind, c.area, c.title_pt, c.title_en, c.measure, c.minimum, c.applies_to, c.starts_at, c.stops_at,
        c.clock, c.limit_seconds, c.attempt_instant, c.fallback, c.earlier_contact, c.spacing_seconds, c.spacing_clock,
        coalesce(k.calendar_hash, s.calendar_hash) as base_calendar_hash,
        case when c.pause_owner_absent then k.present_calendar_hash end as present_calendar_hash,
        case when c.pause_owner_absent then k.present_elapsed_hash end as present_elapsed_hash
    from subjects as s
    inner join {{ ref('stg_agreement__clauses') }} as c
        on s.agreement_version = c.agreement_version and s.clause_id = c.clause_id
    left join {{ ref('int_seller_calendars') }} as k
        on c.area = 'sales' and s.agreement_version = k.agreement_version and s.seller_id = k.seller_id
)

select
    {{ hash_id("clause_id || '|' || subject_id") }} as verdict_id,
    clause_id, clause_kind, area, title_pt as clause_title_pt, title_en as clause_title_en,
    agreement_version, agreement_hash, subject_type, subject_id, handoff_id, owner_no, month, seller_id,
    measure, minimum, applies_to, starts_at, stops_at, clock, limit_seconds, attempt_instant, fallback, earlier_contact,
    spacing_seconds, spacing_clock,
    coalesce(present_calendar_hash, base_calendar_hash) as calendar_hash,
    case when clock = 'business' then coalesce(present_calendar_hash, base_calendar_hash)
        else present_elapsed_hash end as due_calendar_hash,
    subject_type <> 'month' and (mql_at is null or started_at is null) as is_date_only, not_recorded,
    mql_at, mql_date, coalesce(not_before, started_at) as not_before, started_at, ends_at, closed_at
from calendars
