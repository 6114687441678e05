-- Items of proposals, live rows only.
select
    company_group,
    recno,
    stamped_at,
    adz_filial,
    adz_propos,
    adz_revisa,
    adz_folder,
    adz_item,
    adz_produt,
    adz_descri,
    adz_um,
    adz_moeda,
    adz_condpg,
    adz_tes,
    adz_qtdven,
    adz_prcven,
    adz_prctab,
    adz_total,
    adz_descon,
    adz_valdes,
    adz_orcame,
    adz_itemor
from {{ latest_rows(source("raw_protheus", "adz"), "company_group, recno") }} as adz
where not coalesce(is_deleted, false)
