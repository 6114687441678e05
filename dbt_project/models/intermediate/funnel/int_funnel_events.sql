-- Entries of a person into a stage: lead, MQL, each visit of a mapped stage (re-entries too), customer, and what
-- its contracts became. A stage that was skipped gets no event; visits of the stage mapped to `mql` give none, the hand-over
-- itself stands for it. Deals that were sold outside the funnel are not in it.
with events as (
    select
        'lead:' || person_id as event_key,
        person_id,
        cast(null as {{ dbt.type_string() }}) as handoff_id,
        'lead' as stage,
        first_rd_at as entered_at,
        {{ local_date("first_rd_at") }} as entered_date,
        'rd_station' as source_system
    from (
        select
            nodes.person_id,
            min(contacts.created_at) as first_rd_at
        from {{ ref("int_person_nodes") }} as nodes
        inner join {{ ref("stg_rd_station__contacts") }} as contacts
            on nodes.source_id = contacts.contact_uuid and nodes.source_system = 'rd_station'
        where contacts.created_at <= {{ as_of() }}
        group by nodes.person_id
    ) as leads

    union all

    select
        'mql:' || handoff_id as event_key,
        person_id,
        handoff_id,
        'mql' as stage,
        mql_at as entered_at,
        mql_date as entered_date,
        source_system
    from {{ ref("int_handoffs") }}

    union all

    select
        'visit:' || visits.deal_id || ':' || visits.visit_id as event_key,
        deals.person_id,
        links.handoff_id,
        visits.funnel_stage as stage,
        visits.start_at as entered_at,
        {{ local_date("visits.start_at") }} as entered_date,
        deals.source_system
    from {{ ref("int_stage_visits") }} as visits
    inner join {{ ref("int_opportunities") }} as deals on visits.opportunity_id = deals.opportunity_id
    inner join {{ ref("int_handoff_opportunities") }} as links
        on deals.opportunity_id = links.opportunity_id and links.is_own
    where visits.funnel_stage <> 'mql'

    union all

    select
        'customer:' || handoff_id as event_key,
        person_id,
        handoff_id,
        'customer' as stage,
        won_at as entered_at,
        won_date as entered_date,
        source_system
    from {{ ref("int_handoffs") }}
    where status = 'won'

    union all

    select
        stage || ':' || account_id || ':' || {{ as_text("day") }} as event_key,
        person_id,
        handoff_id,
        stage,
        cast(null as timestamp) as entered_at,
        day as entered_date,
        source_system
    from {{ ref("int_customer_growth") }}
)

select
    {{ hash_id("event_key") }} as event_id,
    person_id,
    handoff_id,
    stage,
    {{ funnel_stage_of("stage") }} as funnel_stage,
    {{ owner_area_of("stage") }} as owner_area,
    entered_at,
    entered_date,
    source_system
from events
