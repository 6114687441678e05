-- Bank movements and settlements, live rows only.
select
    company_group,
    recno,
    stamped_at,
    e5_filial,
    e5_data,
    e5_tipo,
    e5_valor,
    e5_vljuros,
    e5_vlmulta,
    e5_vldesco,
    e5_recpag,
    e5_tipodoc,
    e5_motbx,
    e5_situaca,
    e5_prefixo,
    e5_numero,
    e5_parcela,
    e5_clifor,
    e5_loja,
    e5_seq,
    e5_dtdigit,
    e5_dtdispo,
    e5_tabori,
    e5_idorig,
    e5_filorig
from {{ latest_rows(source("raw_protheus", "se5"), "company_group, recno") }} as se5
where not coalesce(is_deleted, false)
