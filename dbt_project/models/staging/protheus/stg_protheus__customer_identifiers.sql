-- The identifiers of each customer's last load. `value` is null when it was refused.
select
    company_group,
    branch,
    customer_code,
    store,
    kind,
    value,
    reject_reason,
    position
from {{ latest_sets(source("raw_protheus", "customer_identifiers"), "company_group, branch, customer_code, store", "kind, position, value") }} as identifiers
