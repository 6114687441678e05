-- Sales order headers, live rows only.
select
    company_group,
    recno,
    stamped_at,
    c5_filial,
    c5_num,
    c5_tipo,
    c5_cliente,
    c5_lojacli,
    c5_client,
    c5_lojaent,
    c5_tipocli,
    c5_condpag,
    c5_tabela,
    c5_vend1,
    c5_comis1,
    c5_emissao,
    c5_moeda,
    c5_frete,
    c5_liberok,
    c5_nota,
    c5_serie,
    c5_origem,
    c5_msblql
from {{ latest_rows(source("raw_protheus", "sc5"), "company_group, recno") }} as sc5
where not coalesce(is_deleted, false)
