-- One row per company: Accounts, and the companies of leads that were not converted (the Account stands for them then).
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
from {{ latest_rows(source("raw_salesforce", "organizations"), "organization_id", since=true) }} as organizations
where converted_to is null
