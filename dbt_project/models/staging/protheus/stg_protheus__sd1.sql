-- Inbound invoice items, live rows only; type D is a return.
select
    company_group,
    recno,
    stamped_at,
    d1_filial,
    d1_doc,
    d1_serie,
    d1_fornece,
    d1_loja,
    d1_item,
    d1_cod,
    d1_quant,
    d1_vunit,
    d1_total,
    d1_valipi,
    d1_tes,
    d1_cf,
    d1_tipo,
    d1_emissao,
    d1_dtdigit,
    d1_nfori,
    d1_seriori,
    d1_itemori
from {{ latest_rows(source("raw_protheus", "sd1"), "company_group, recno") }} as sd1
where not coalesce(is_deleted, false)
