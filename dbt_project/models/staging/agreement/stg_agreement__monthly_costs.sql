-- What sales and marketing cost beside media, and the margin, month by month as the company folder says.
select
    cast(month || '-01' as date) as month,
    sales_cost,
    marketing_cost,
    gross_margin
from {{ current_agreement(source("raw_agreement", "monthly_costs")) }} as monthly_costs
