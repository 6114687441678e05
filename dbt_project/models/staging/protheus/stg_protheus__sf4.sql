-- Fiscal types (TES), live rows only; F4_DUPLIC = S generates receivables.
select
    company_group,
    recno,
    stamped_at,
    f4_filial,
    f4_codigo,
    f4_tipo,
    f4_duplic,
    f4_estoque,
    f4_cf,
    f4_texto
from {{ latest_rows(source("raw_protheus", "sf4"), "company_group, recno") }} as sf4
where not coalesce(is_deleted, false)
