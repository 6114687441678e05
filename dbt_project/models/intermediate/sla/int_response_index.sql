-- Which verdicts must exist: one row per passage and response clause of the agreement version in force at its mql_at
-- that speaks of it (its temperature, or `sql` once it is an SQL). A date-only passage keeps its rows: they are judged
-- `not_judgeable`, never dropped.
with clauses as (
    select * from {{ ref('stg_agreement__clauses') }} where clause_kind = 'response_time'
)

select
    {{ hash_id("c.clause_id || '|' || h.handoff_id") }} as verdict_id,
    h.handoff_id,
    c.clause_id,
    c.clause_kind,
    c.area,
    c.title_pt as clause_title_pt,
    c.title_en as clause_title_en,
    c.agreement_version,
    h.agreement_hash,
    h.calendar_hash,
    c.applies_to,
    c.starts_at,
    c.stops_at,
    c.clock,
    c.limit_seconds,
    c.attempt_instant,
    c.fallback,
    h.mql_at is null as is_date_only,
    h.mql_at,
    h.mql_date,
    h.seller_id,
    h.closed_at,
    -- An SQL's start comes from the CRM's stage visits and is exact; an MQL's may be known only as an interval.
    case when c.starts_at = 'sql_at' then h.sql_at else h.mql_at end as started_at,
    case when c.starts_at = 'sql_at' then h.sql_at else coalesce(h.mql_not_before, h.mql_at) end as not_before
from {{ ref('int_handoffs') }} as h
inner join clauses as c on h.agreement_version = c.agreement_version
where
    (c.applies_to = h.temperature and c.starts_at = 'mql_at')
    or (c.applies_to = 'sql' and h.sql_at is not null)
