-- Share of a month's conversions that bring every field the agreement asks for, over the forms the clause names (all,
-- when it names none). Conversions whose fields are not known do not count; our own returns are no conversions.
with scopes as (
    select agreement_version, clause_id, item_kind, value
    from {{ ref('stg_agreement__clause_items') }}
    where item_kind in ('field', 'form')
),

clauses as (
    select agreement_version, clause_id, max(case when item_kind = 'form' then 1 else 0 end) as has_forms
    from scopes
    group by agreement_version, clause_id
),

conversions as (
    select
        i.verdict_id, c.event_key,
        sum(case when {{ is_filled('c.filled_fields', 'f.value') }} then 0 else 1 end) as missing
    from {{ ref('int_clause_index') }} as i
    inner join clauses as k on i.agreement_version = k.agreement_version and i.clause_id = k.clause_id
    inner join scopes as f
        on i.agreement_version = f.agreement_version and i.clause_id = f.clause_id and f.item_kind = 'field'
    inner join {{ ref('int_conversions') }} as c on i.month = {{ month_of(local_date('c.occurred_at')) }}
    left join scopes as s
        on i.agreement_version = s.agreement_version and i.clause_id = s.clause_id and s.item_kind = 'form'
        and c.event_identifier = s.value
    where i.clause_kind = 'capture_completeness' and not c.is_return and not c.is_repeat and c.filled_fields is not null
        and (k.has_forms = 0 or s.value is not null)
    group by i.verdict_id, c.event_key
),

counted as (
    select
        i.verdict_id, i.minimum, i.ends_at,
        count(c.event_key) as conversions,
        coalesce(sum(case when c.missing = 0 then 1 else 0 end), 0) as complete
    from {{ ref('int_clause_index') }} as i
    left join conversions as c on i.verdict_id = c.verdict_id
    where i.clause_kind = 'capture_completeness'
    group by i.verdict_id, i.minimum, i.ends_at
)

select
    verdict_id,
    ends_at as due_at,
    cast(null as timestamp) as met_at,
    'share' as basis,
    case
        when {{ as_of() }} < ends_at then 'running'
        when conversions = 0 then 'not_applicable/no_conversions'
        when complete >= minimum * conversions then 'met'
        else 'breached'
    end as judgement,
    'complete=' || {{ as_text('complete') }} || ';conversions=' || {{ as_text('conversions') }} as evidence
from counted
