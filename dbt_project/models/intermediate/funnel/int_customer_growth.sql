-- What became of customers after the sale, by their contracts (int_recurring_spans). Renewal: a contract still in force on
-- the day after its planned end. Expansion: a day on which an account begins to pay more a month than the day before, and
-- paid something then; a second contract of an old customer is one too. Each belongs to the company's last sale before it.
with spans as (
    select * from {{ ref('int_recurring_spans') }} where since <= {{ local_date(as_of()) }}
),

amounts as (
    select
        days.basis, days.account_id, days.company_id, days.day,
        sum(case when s.since < days.day and coalesce(s.until >= days.day, true) then s.amount else 0 end) as amount_before,
        sum(case when s.since <= days.day and coalesce(s.until > days.day, true) then s.amount else 0 end) as amount
    from (select distinct basis, account_id, company_id, since as day from spans) as days
    inner join spans as s on days.account_id = s.account_id
    group by days.basis, days.account_id, days.company_id, days.day
),

events as (
    select 'expansion' as stage, basis, account_id, company_id, day
    from amounts
    where amount_before > 0 and amount > amount_before
    union all
    select distinct 'renewal', basis, account_id, company_id, {{ add_days('planned_end', 1) }}
    from spans
    where planned_end < {{ local_date(as_of()) }} and since <= planned_end
        and coalesce(until > {{ add_days('planned_end', 1) }}, true)
),

ranked as (
    select
        events.*, h.handoff_id, h.person_id,
        row_number() over (
            partition by events.stage, events.account_id, events.day
            order by h.won_date desc nulls last, h.won_at desc nulls last, h.handoff_id asc
        ) as place
    from events
    inner join {{ ref('int_handoffs') }} as h
        on events.company_id = h.company_id and h.status = 'won' and h.won_date <= events.day
)

select
    stage, account_id, company_id, day, handoff_id, person_id,
    case when basis = 'contract' then 'protheus' else '{{ crm_system() }}' end as source_system
from ranked
where place = 1
