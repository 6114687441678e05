-- Revenue of the mart equals the ERP's own documents to the cent, in every branch and month; a row names where it does not.
select company_group, branch_id, month, erp_revenue, mart_revenue, difference
from {{ ref('rpt_revenue_reconciliation') }}
where difference <> 0
