-- Looks at a deal: every fetch of the lead and of the deal, and from the changelog every change of owner or rating, at its
-- own instant. Leads have no changelog: of them only the fetches are known.
select
    'lead:' || lead_id as deal_id,
    user_id,
    rating,
    {{ trunc_second("updated_at") }} as updated_at,
    {{ trunc_second("observed_at") }} as observed_at,
    load_seq,
    row_seq
from {{ source("raw_pipedrive", "leads") }}
where load_seq <= {{ known_at() }} and not coalesce(is_deleted, false)

union all

select
    keys.deal_id,
    deals.user_id,
    deals.rating,
    {{ trunc_second("deals.updated_at") }} as updated_at,
    {{ trunc_second("deals.observed_at") }} as observed_at,
    deals.load_seq,
    deals.row_seq
from {{ source("raw_pipedrive", "deals") }} as deals
inner join {{ ref("stg_pipedrive__deal_keys") }} as keys on deals.deal_id = keys.source_id
where deals.load_seq <= {{ known_at() }} and not coalesce(deals.is_deleted, false)

union all

select
    keys.deal_id,
    states.user_id,
    states.rating,
    {{ trunc_second("states.started_at") }} as updated_at,
    {{ trunc_second("states.started_at") }} as observed_at,
    states.load_seq,
    states.row_seq
from {{ latest_sets(source("raw_pipedrive", "deal_states"), "deal_id", "position", source("raw_pipedrive", "deal_histories")) }} as states
inner join {{ ref("stg_pipedrive__deal_keys") }} as keys on states.deal_id = keys.source_id
