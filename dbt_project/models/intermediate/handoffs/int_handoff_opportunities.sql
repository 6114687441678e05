-- The bridge between passages and opportunities. Deals of the person attach through their island (`is_own`). A deal on
-- which the person is a later contact joins when it overlaps the passage; it shares its attempts and nothing else.
with own as (
    select
        passages.handoff_id,
        islands.opportunity_id,
        passages.mql_at,
        true as is_own
    from {{ ref("int_passages") }} as passages
    inner join {{ ref("int_passage_islands") }} as islands
        on passages.person_id = islands.person_id and passages.island_no = islands.island_no
    where islands.opportunity_id is not null
),

joined as (
    select distinct
        passages.handoff_id,
        deals.opportunity_id,
        passages.mql_at,
        false as is_own
    from {{ ref("stg_rd_station_crm__deal_contacts") }} as contacts
    inner join {{ ref("int_person_nodes") }} as nodes
        on contacts.contact_id = nodes.source_id and nodes.source_system = 'rd_station_crm'
    inner join {{ ref("int_deals") }} as deals on contacts.deal_id = deals.deal_id
    inner join {{ ref("int_passages") }} as passages
        on
            nodes.person_id = passages.person_id
            and deals.created_at <= coalesce(passages.closed_at, {{ forever() }})
            and coalesce(deals.closed_at, {{ forever() }}) >= passages.mql_at
    where not contacts.is_first and (deals.person_id is null or deals.person_id <> nodes.person_id)
),

links as (
    select handoff_id, opportunity_id, mql_at, is_own from own
    union all
    select handoff_id, opportunity_id, mql_at, is_own from joined
)

select
    handoff_id,
    opportunity_id,
    row_number() over (
        partition by opportunity_id
        order by case when is_own then 0 else 1 end asc, mql_at asc, handoff_id asc
    ) = 1 as is_primary,
    is_own
from links

union all

-- Exported lists name the hand-over of each deal.
select
    passages.handoff_id,
    {{ hash_id("'files:deal:' || deals.deal_key") }} as opportunity_id,
    true as is_primary,
    true as is_own
from {{ ref("stg_files__deals") }} as deals
inner join {{ ref("int_passages") }} as passages on passages.opening_record = 'files:handoff:' || deals.handoff_key
