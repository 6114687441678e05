-- Company groups and branches, live rows only.
select
    company_group,
    recno,
    stamped_at,
    m0_codigo,
    m0_codfil,
    m0_filial,
    m0_nome,
    m0_nomecom,
    m0_cgc,
    m0_estcob,
    m0_cidcob
from {{ latest_rows(source("raw_protheus", "sys_company"), "company_group, recno") }} as sys_company
where not coalesce(is_deleted, false)
