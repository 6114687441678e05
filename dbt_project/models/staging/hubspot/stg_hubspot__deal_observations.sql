-- Every change of a lead's or deal's owner or rating, with both as they were from then on: HubSpot keeps their history.
with changes as (
    select *
    from {{ latest_rows(source("raw_hubspot", "record_changes"), "record_kind, record_id, changed_at") }} as last_rows
)

select
    records.deal_id,
    changes.owner_id as user_id,
    changes.rating,
    {{ trunc_second("changes.changed_at") }} as updated_at,
    {{ trunc_second("changes.changed_at") }} as observed_at,
    changes.load_seq,
    changes.row_seq
from changes
inner join (
    select
        'lead' as record_kind,
        hubspot_lead_id as record_id,
        deal_id
    from {{ ref("stg_hubspot__records") }}
    where hubspot_lead_id is not null

    union all

    select
        'deal' as record_kind,
        hubspot_deal_id as record_id,
        deal_id
    from {{ ref("stg_hubspot__records") }}
    where hubspot_deal_id is not null
) as records
    on changes.record_kind = records.record_kind and changes.record_id = records.record_id
