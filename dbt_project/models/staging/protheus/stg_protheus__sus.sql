-- Prospects, live rows only. Branch blank means shared by all branches.
select
    company_group,
    recno,
    stamped_at,
    us_filial,
    us_cod,
    us_loja,
    us_pessoa,
    us_cnpj,
    us_cnpj_root,
    us_est,
    us_vend,
    us_origem,
    us_midia,
    us_status,
    us_codcli,
    us_lojacli,
    us_dtcad,
    us_hrcad,
    us_dtconv,
    us_hrconv,
    us_tpcamp,
    us_chvcam,
    us_coddesq,
    us_msblql
from {{ latest_rows(source("raw_protheus", "sus"), "company_group, recno") }} as sus
where not coalesce(is_deleted, false)
