-- One row per person over RD Station, the CRM and the ERP. No name, e-mail, phone or document leaves identity.
with passages as (
    select
        person_id,
        count(*) as passages,
        sum(case when status = 'won' then 1 else 0 end) as won_passages,
        max(mql_date) as last_mql_date
    from {{ ref('int_handoffs') }}
    group by person_id
)

select
    p.person_id,
    p.first_seen_at,
    {{ local_date('p.first_seen_at') }} as first_seen_date,
    p.state,
    p.consent_status,
    p.is_deleted,
    cast(p.rd_contacts as bigint) as rd_contacts,
    cast(p.crm_contacts as bigint) as crm_contacts,
    cast(p.erp_customers as bigint) as erp_customers,
    cast(coalesce(h.passages, 0) as bigint) as passages,
    cast(coalesce(h.won_passages, 0) as bigint) as won_passages,
    h.last_mql_date
from {{ ref('int_people') }} as p
left join passages as h on p.person_id = h.person_id
