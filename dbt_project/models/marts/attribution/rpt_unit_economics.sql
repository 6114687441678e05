-- What a customer costs and brings, month by month. Costs of sales, marketing and the margin come from the company folder:
-- without them CAC is not given (media CAC is, under its own name), nor what stands on it. LTV is that of recurring accounts:
-- what one pays a month, times the margin, times how long it stays. Unknown is null with a reason.
with media as (
    select
        {{ period_start("month", "spent_on") }} as month, sum(amount) as amount,
        {{ period_start("month", "min(min(spent_on)) over ()") }} as first_month,
        max(max(spent_on)) over () as last_day
    from {{ ref("fct_media_cost") }} group by 1
),

reach as (
    select min(first_month) as first_month, max(last_day) as last_day from media
),

steps as (
    select
        month,
        {%- for measure in ["leads", "mqls", "sqls"] %}
        cast(sum(case when measure = '{{ measure }}' then amount else 0 end) as bigint) as {{ measure }},
        {%- endfor %}
        sum(case when measure = 'revenue_first' then amount end) as revenue
    from {{ ref("int_campaign_results") }} group by month
),

-- A document number repeats between branches and customers; a movement of a file is a document of its own.
invoices as (
    select
        {{ period_start("month", "occurred_on") }} as month, sum(amount) as invoiced,
        count(distinct case when document is null then movement_id
            else coalesce(company_group, '') || '|' || coalesce(branch_id, '') || '|' || document || '|' || coalesce(company_id, '')
        end) as invoices
    from {{ ref("fct_revenue") }}
    where kind = 'invoice' and is_revenue
    group by 1
),

months as (
    select
        p.period_start, p.period_end, p.is_over,
        coalesce(c.new_customers, 0) as new_customers, coalesce(c.from_funnel, 0) as new_customers_from_funnel,
        -- Within the days that the exports reach a month without a line cost nothing.
        case when m.month is not null then m.amount
            when p.period_start between r.first_month and r.last_day then 0 end as media_cost,
        k.month is not null as records_costs, k.sales_cost, k.marketing_cost, k.gross_margin,
        case when exists (select 1 from {{ ref("int_leads") }}) then coalesce(s.leads, 0) end as leads, coalesce(s.mqls, 0) as mqls, coalesce(s.sqls, 0) as sqls,
        exists (select 1 from invoices) as records_revenue, s.revenue, i.invoiced, coalesce(i.invoices, 0) as invoices,
        coalesce(c.cycles, 0) as won, c.cycle_median_days, c.cycle_p90_days,
        a.basis, coalesce(a.closing_accounts, 0) as recurring_accounts, a.mrr_per_account, a.churned_accounts, a.monthly_churn,
        a.lifetime_months, a.lifetime_is_horizon
    from {{ ref("int_metric_periods") }} as p
    cross join reach as r
    left join media as m on p.period_start = m.month
    left join {{ ref("int_month_customers") }} as c on p.period_start = c.month
    left join {{ ref("stg_agreement__monthly_costs") }} as k on p.period_start = k.month
    left join {{ ref("int_month_recurring") }} as a on p.period_start = a.month
    left join steps as s on p.period_start = s.month
    left join invoices as i on p.period_start = i.month
    where p.period = 'month'
),

judged as (
    select
        *,
        case when records_costs then cast(media_cost + sales_cost + marketing_cost as decimal(18, 2)) end as acquisition_cost,
        case
            when not records_costs then 'no_monthly_costs'
            when media_cost is null then 'no_media_cost'
            when new_customers = 0 then 'no_new_customers'
        end as cac_reason,
        case
            when recurring_accounts = 0 then 'no_recurring_revenue'
            when basis <> 'contract' then 'contracts_not_recorded'
            when gross_margin is null then 'no_gross_margin'
            when lifetime_months is null then 'no_account_month_observed'
        end as ltv_reason
    from months
),

priced as (
    select
        *,
        {{ money_per("acquisition_cost", "new_customers") }} as cac,
        -- Margin of an account's month, in ten-thousandths of a cent.
        {{ cents("mrr_per_account") }} * cast(gross_margin * 10000 as bigint) as monthly_margin
    from judged
),

valued as (
    select
        *,
        case when ltv_reason is null then
            cast({{ half_up("monthly_margin * cast(lifetime_months * 100 as bigint)", "1000000") }} * 0.01 as decimal(18, 2))
        end as ltv
    from priced
)

select
    period_start, period_end, is_over,
    new_customers, new_customers_from_funnel, leads, mqls, sqls,
    cast(media_cost as decimal(18, 2)) as media_cost, marketing_cost, sales_cost, acquisition_cost,
    {{ money_per("media_cost", "leads") }} as cost_per_lead,
    {{ money_per("media_cost", "mqls") }} as cost_per_mql,
    {{ money_per("media_cost", "sqls") }} as cost_per_sql,
    {{ money_per("media_cost", "new_customers_from_funnel") }} as media_cac,
    cac, cac_reason,
    cast(case when records_revenue then coalesce(revenue, 0) end as decimal(18, 2)) as revenue,
    invoices,
    {{ money_per("invoiced", "invoices") }} as average_ticket,
    won, cycle_median_days, cycle_p90_days,
    gross_margin,
    recurring_accounts, mrr_per_account, churned_accounts, monthly_churn, lifetime_months, lifetime_is_horizon,
    ltv, ltv_reason,
    {{ ratio(cents("ltv"), cents("cac")) }} as ltv_cac,
    coalesce(cac_reason, ltv_reason) as ltv_cac_reason,
    case when monthly_margin > 0 then
        cast({{ half_up(cents("cac") ~ " * 1000000", "monthly_margin") }} * 0.01 as decimal(18, 2))
    end as payback_months,
    '{{ var("currency") }}' as currency
from valued
