-- Opening and movements give the closing balance of every month, the opening is the closing of the month before, and the
-- closing is what the contracts say by another road: those in force on the month's last day, summed without accounts.
with months as (
    select
        m.*,
        m.opening_amount + m.new_amount + m.expansion_amount + m.contraction_amount + m.churn_amount
        + m.reactivation_amount as computed,
        coalesce(lag(m.closing_amount) over (order by m.month), 0) as closed_before,
        case when m.is_over then {{ add_days(add_months('m.month', 1), -1) }} else {{ local_date(as_of()) }} end as last_day
    from {{ ref('rpt_mrr') }} as m
),

contracts as (
    select m.month, sum(case when s.since <= m.last_day and (s.until is null or s.until > m.last_day) then s.amount else 0 end)
        as amount
    from months as m
    cross join {{ ref('int_recurring_spans') }} as s
    group by m.month
)

select m.month, m.opening_amount, m.computed, m.closing_amount, m.closed_before, c.amount as contracts_amount
from months as m
inner join contracts as c on m.month = c.month
where m.computed <> m.closing_amount or m.opening_amount <> m.closed_before or m.closing_amount <> c.amount
