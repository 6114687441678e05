-- Sales order items, live rows only.
select
    company_group,
    recno,
    stamped_at,
    c6_filial,
    c6_num,
    c6_item,
    c6_produto,
    c6_um,
    c6_qtdven,
    c6_prcven,
    c6_prunit,
    c6_valor,
    c6_descont,
    c6_valdesc,
    c6_tes,
    c6_cf,
    c6_cli,
    c6_loja,
    c6_qtdent,
    c6_entreg,
    c6_nota,
    c6_serie,
    c6_datfat,
    c6_blq,
    c6_numorc
from {{ latest_rows(source("raw_protheus", "sc6"), "company_group, recno") }} as sc6
where not coalesce(is_deleted, false)
