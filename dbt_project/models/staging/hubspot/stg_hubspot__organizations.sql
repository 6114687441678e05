-- One row per company that is not archived.
select
    company_id as organization_id,
    name,
    cnpj,
    cnpj_root,
    domain,
    segment,
    state,
    {{ trunc_second("created_at") }} as created_at,
    {{ trunc_second("updated_at") }} as updated_at,
    first_load_seq
from {{ latest_rows(source("raw_hubspot", "companies"), "company_id", since=true) }} as companies
where not coalesce(is_deleted, false)
