-- Inbound invoice headers, live rows only.
select
    company_group,
    recno,
    stamped_at,
    f1_filial,
    f1_doc,
    f1_serie,
    f1_fornece,
    f1_loja,
    f1_tipo,
    f1_formul,
    f1_emissao,
    f1_dtdigit,
    f1_dupl,
    f1_valmerc,
    f1_valbrut,
    f1_especie,
    f1_chvnfe,
    f1_motret
from {{ latest_rows(source("raw_protheus", "sf1"), "company_group, recno") }} as sf1
where not coalesce(is_deleted, false)
