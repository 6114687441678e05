-- The islands that are passages: a deal that sales made by hand joins when it was created inside a base island of its
-- person, and may then glue islands. No cascade. Every other such deal was sold outside the funnel.
with base_ends as (
    select
        person_id,
        island_no,
        min(start_at) as start_at,
        max(end_at) as end_at
    from {{ ref("int_passage_base_islands") }}
    group by person_id, island_no
),

spans as (
    select
        person_id,
        signal_id,
        opportunity_id,
        record_key,
        start_at,
        end_at
    from {{ ref("int_passage_base_islands") }}

    union all

    select
        deals.person_id,
        cast(null as {{ dbt.type_string() }}) as signal_id,
        deals.opportunity_id,
        '{{ crm_system() }}:deal:' || deals.deal_id as record_key,
        deals.created_at as start_at,
        coalesce(deals.closed_at, {{ forever() }}) as end_at
    from {{ ref("int_deals") }} as deals
    inner join base_ends
        on
            deals.person_id = base_ends.person_id
            and deals.created_at >= base_ends.start_at
            and deals.created_at <= base_ends.end_at
    where not deals.is_signal and not deals.is_copy
)

{{ islands("spans", ["signal_id", "opportunity_id"]) }}
