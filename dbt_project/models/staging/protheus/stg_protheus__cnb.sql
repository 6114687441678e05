-- Items of contract sheets, live rows only.
select
    company_group,
    recno,
    stamped_at,
    cnb_filial,
    cnb_contra,
    cnb_revisa,
    cnb_numero,
    cnb_item,
    cnb_produt,
    cnb_descri,
    cnb_quant,
    cnb_vlunit,
    cnb_vltot,
    cnb_desc,
    cnb_propos,
    cnb_prorev
from {{ latest_rows(source("raw_protheus", "cnb"), "company_group, recno") }} as cnb
where not coalesce(is_deleted, false)
