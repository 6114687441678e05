-- What each account pays a month at the end of every month (in the running month: today), from its first month on, and at
-- the end of the month before.
with digits as (
    {%- for digit in range(10) %}
    select {{ digit }} as digit{{ ' union all' if not loop.last }}
    {%- endfor %}
),

bounds as (
    select
        {{ period_start('month', 'min(since)') }} as first_month,
        {{ local_date(as_of()) }} as today
    from {{ ref('int_recurring_spans') }}
),

months as (
    select
        {{ add_months('b.first_month', 'hundreds.digit * 100 + tens.digit * 10 + ones.digit') }} as month,
        {{ add_months('b.first_month', 'hundreds.digit * 100 + tens.digit * 10 + ones.digit + 1') }} as next_month,
        b.today
    from bounds as b
    cross join digits as hundreds
    cross join digits as tens
    cross join digits as ones
    where hundreds.digit < 6
),

ends as (
    select
        month, next_month <= today as is_over,
        case when next_month <= today then {{ add_days('next_month', -1) }} else today end as last_day
    from months
    where month <= today
),

held as (
    select s.account_id, e.month, sum(s.amount) as amount
    from {{ ref('int_recurring_spans') }} as s
    inner join ends as e on s.since <= e.last_day and (s.until is null or s.until > e.last_day)
    where s.amount > 0
    group by s.account_id, e.month
),

accounts as (
    select h.account_id, min(h.month) as first_month, max(s.company_id) as company_id, max(s.basis) as basis
    from held as h
    inner join {{ ref('int_recurring_spans') }} as s on h.account_id = s.account_id
    group by h.account_id
)

select
    a.account_id, a.company_id, a.basis, a.first_month, e.month, e.is_over,
    cast(coalesce(h.amount, 0) as decimal(18, 2)) as amount,
    cast(coalesce(lag(h.amount) over (partition by a.account_id order by e.month), 0) as decimal(18, 2)) as opening_amount
from accounts as a
inner join ends as e on a.first_month <= e.month
left join held as h on a.account_id = h.account_id and e.month = h.month
