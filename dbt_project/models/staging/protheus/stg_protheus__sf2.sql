-- Outbound invoice headers, live rows only (a cancelled invoice is soft-deleted).
select
    company_group,
    recno,
    stamped_at,
    f2_filial,
    f2_doc,
    f2_serie,
    f2_cliente,
    f2_loja,
    f2_tipo,
    f2_cond,
    f2_dupl,
    f2_prefixo,
    f2_emissao,
    f2_est,
    f2_valmerc,
    f2_valipi,
    f2_frete,
    f2_descont,
    f2_valbrut,
    f2_valfat,
    f2_vend1,
    f2_especie,
    f2_chvnfe
from {{ latest_rows(source("raw_protheus", "sf2"), "company_group, recno") }} as sf2
where not coalesce(is_deleted, false)
