-- Salespeople, live rows only.
select
    company_group,
    recno,
    stamped_at,
    a3_filial,
    a3_cod,
    a3_nreduz,
    a3_email,
    a3_msblql
from {{ latest_rows(source("raw_protheus", "sa3"), "company_group, recno") }} as sa3
where not coalesce(is_deleted, false)
