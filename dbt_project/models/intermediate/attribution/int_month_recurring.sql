-- What a recurring account pays a month and how long it stays: the lifetime is one over the churn of the last months (all
-- account-months opened, over the accounts that left), at most the horizon; with nobody leaving it is the horizon.
{%- set settings = var("economics") %}
{%- set horizon = settings["ltv_horizon_months"] %}
with churned as (
    select month, count(*) as accounts from {{ ref("fct_mrr_movements") }} where kind = 'churn' group by month
),

looked as (
    select
        m.month, m.basis, m.closing_accounts,
        {{ money_per("m.closing_amount", "m.closing_accounts") }} as mrr_per_account,
        cast(sum(m.opening_accounts) over recent as bigint) as account_months,
        cast(sum(coalesce(c.accounts, 0)) over recent as bigint) as churned_accounts
    from {{ ref("rpt_mrr") }} as m
    left join churned as c on m.month = c.month
    window recent as (order by m.month rows between {{ settings["churn_months"] - 1 }} preceding and current row)
)

select
    month, basis, closing_accounts, mrr_per_account, account_months, churned_accounts,
    {{ ratio("churned_accounts", "account_months") }} as monthly_churn,
    case
        when account_months = 0 then null
        when churned_accounts * {{ horizon }} > account_months
            then cast({{ half_up("account_months * 100", "churned_accounts") }} * 0.01 as decimal(18, 2))
        else cast({{ horizon }} as decimal(18, 2))
    end as lifetime_months,
    account_months > 0 and churned_accounts * {{ horizon }} <= account_months as lifetime_is_horizon
from looked
