-- Per month and form, how many conversions bring every field that the agreement of that month asks for (anywhere: the
-- same bar for all forms, also those that no clause speaks of), and which of these fields is missing most.
with asked as (
    select distinct m.month, k.value as field
    from {{ ref('stg_agreement__months') }} as m
    inner join {{ ref('stg_agreement__clause_items') }} as k
        on m.agreement_version = k.agreement_version and k.item_kind = 'field'
),

answers as (
    select
        {{ period_start('month', local_date('c.occurred_at')) }} as period_start,
        c.event_identifier, c.event_key, a.field,
        case when {{ is_filled('c.filled_fields', 'a.field') }} then 0 else 1 end as is_missing
    from {{ ref('int_conversions') }} as c
    inner join asked as a on {{ month_of(local_date('c.occurred_at')) }} = a.month
    where not c.is_return and not c.is_repeat and c.filled_fields is not null
),

fields as (
    select
        period_start, event_identifier, field, sum(is_missing) as missing,
        row_number() over (
            partition by period_start, event_identifier order by sum(is_missing) desc nulls last, field
        ) as place
    from answers
    group by period_start, event_identifier, field
),

wholes as (
    select period_start, event_identifier, event_key, case when sum(is_missing) = 0 then 1 else 0 end as is_complete
    from answers
    group by period_start, event_identifier, event_key
),

complete as (
    select period_start, event_identifier, sum(is_complete) as complete
    from wholes
    group by period_start, event_identifier
)

select
    c.period_start,
    c.event_identifier as conversion_identifier,
    cast(c.complete as bigint) as complete,
    case when f.missing > 0 then f.field end as most_missing_field,
    cast(case when f.missing > 0 then f.missing end as bigint) as most_missing
from complete as c
inner join fields as f on c.period_start = f.period_start and c.event_identifier = f.event_identifier and f.place = 1
