-- Contract sheets, live rows only.
select
    company_group,
    recno,
    stamped_at,
    cna_filial,
    cna_contra,
    cna_revisa,
    cna_numero,
    cna_client,
    cna_lojacl,
    cna_tippla,
    cna_dtini,
    cna_dtfim,
    cna_vltot,
    cna_saldo,
    cna_qtdrec,
    cna_promed,
    cna_ultmed,
    coalesce(cna_qtdrec, 0) > 0 as is_recurring
from {{ latest_rows(source("raw_protheus", "cna"), "company_group, recno") }} as cna
where not coalesce(is_deleted, false)
