-- Stages of the sales processes, live rows only.
select
    company_group,
    recno,
    stamped_at,
    ac2_filial,
    ac2_proven,
    ac2_stage,
    ac2_descri,
    ac2_releva,
    ac2_ddurac,
    ac2_hdurac
from {{ latest_rows(source("raw_protheus", "ac2"), "company_group, recno") }} as ac2
where not coalesce(is_deleted, false)
