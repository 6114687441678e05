-- Stage history of ERP opportunities, live rows only.
select
    company_group,
    recno,
    stamped_at,
    aij_filial,
    aij_nropor,
    aij_revisa,
    aij_proven,
    aij_stage,
    aij_dtinic,
    aij_hrinic,
    aij_dtlimi,
    aij_hrlimi,
    aij_dtence,
    aij_hrence,
    aij_histor,
    aij_status,
    aij_dtence is null and coalesce(aij_histor, '2') <> '1' as is_current_stage
from {{ latest_rows(source("raw_protheus", "aij"), "company_group, recno") }} as aij
where not coalesce(is_deleted, false)
