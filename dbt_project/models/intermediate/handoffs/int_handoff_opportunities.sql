-- The bridge between passages and opportunities. `link` says how: `own` deals attach through the island of their first
-- contact and give the passage its instants and outcome; a `copy` follows its original; a `joined` deal is one on which
-- the person is a later contact: it overlaps the passage and shares its attempts. One own deal is the primary one.
with own as (
    select
        passages.handoff_id,
        islands.opportunity_id,
        row_number() over (
            partition by passages.handoff_id
            order by deals.created_at asc, deals.deal_id asc
        ) = 1 as is_primary
    from {{ ref("int_passages") }} as passages
    inner join {{ ref("int_passage_islands") }} as islands
        on passages.person_id = islands.person_id and passages.island_no = islands.island_no
    inner join {{ ref("int_deals") }} as deals on islands.opportunity_id = deals.opportunity_id
),

copies as (
    select
        own.handoff_id,
        deals.opportunity_id
    from {{ ref("int_deals") }} as deals
    inner join own on own.opportunity_id = {{ opportunity_id("deals.original_deal_id") }}
    where deals.is_copy
),

other_contacts as (
    select
        passages.handoff_id,
        deals.opportunity_id,
        row_number() over (
            partition by deals.opportunity_id, passages.person_id
            order by passages.mql_at asc, passages.handoff_id asc
        ) as preference
    from (
        select distinct
            contacts.deal_id,
            nodes.person_id
        from {{ crm("deal_contacts") }} as contacts
        inner join {{ ref("int_person_nodes") }} as nodes
            on contacts.contact_id = nodes.source_id and nodes.source_system = '{{ crm_system() }}'
        where not contacts.is_first
    ) as others
    inner join {{ ref("int_deals") }} as deals on others.deal_id = deals.deal_id
    inner join {{ ref("int_passages") }} as passages
        on
            others.person_id = passages.person_id
            and deals.created_at <= coalesce(passages.closed_at, {{ forever() }})
            and coalesce(deals.closed_at, {{ forever() }}) >= passages.mql_at
    where not deals.is_copy and (deals.person_id is null or deals.person_id <> others.person_id)
)

select
    handoff_id,
    opportunity_id,
    is_primary,
    true as is_own,
    'own' as link
from own

union all

select
    handoff_id,
    opportunity_id,
    false as is_primary,
    false as is_own,
    'copy' as link
from copies

union all

select
    handoff_id,
    opportunity_id,
    false as is_primary,
    false as is_own,
    'joined' as link
from other_contacts
where preference = 1

union all

-- Exported lists name the hand-over of each deal.
select
    passages.handoff_id,
    listed.opportunity_id,
    listed.is_primary,
    true as is_own,
    'own' as link
from {{ ref("int_file_opportunities") }} as listed
inner join {{ ref("int_passages") }} as passages on passages.opening_record = 'files:handoff:' || listed.handoff_key
