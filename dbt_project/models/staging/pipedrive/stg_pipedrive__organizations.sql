-- One row per CRM organization.
select
    organization_id,
    name,
    cnpj,
    cnpj_root,
    domain,
    segment,
    state,
    {{ trunc_second("created_at") }} as created_at,
    {{ trunc_second("updated_at") }} as updated_at,
    first_load_seq
from {{ latest_rows(source("raw_pipedrive", "organizations"), "organization_id", since=true) }} as organizations
