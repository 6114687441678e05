-- One row per passage: an island that holds a signal. It opens at its earliest signal and bears that record's name, so
-- that its id survives a change of identity. Passages of exported lists are one per row of the list.
with opening as (
    select
        islands.person_id,
        islands.island_no,
        signals.signal_at,
        signals.signal_date,
        signals.origin,
        signals.not_before,
        signals.opening_record,
        row_number() over (
            partition by islands.person_id, islands.island_no
            order by signals.signal_at asc, signals.kind asc, signals.opening_record asc
        ) as rank_in_island
    from {{ ref("int_passage_islands") }} as islands
    inner join {{ ref("int_signals") }} as signals on islands.signal_id = signals.signal_id
),

island_ends as (
    select
        person_id,
        island_no,
        max(end_at) as end_at
    from {{ ref("int_passage_islands") }}
    group by person_id, island_no
),

passages as (
    select
        '{{ crm_system() }}' as source_system,
        opening.person_id,
        opening.island_no,
        opening.signal_at as mql_at,
        opening.signal_date as mql_date,
        opening.origin as mql_at_origin,
        opening.not_before as mql_not_before,
        opening.opening_record,
        case when island_ends.end_at <= {{ as_of() }} then island_ends.end_at end as closed_at
    from opening
    inner join island_ends
        on opening.person_id = island_ends.person_id and opening.island_no = island_ends.island_no
    where opening.rank_in_island = 1

    union all

    select
        'files' as source_system,
        person_id,
        cast(null as bigint) as island_no,
        signal_at as mql_at,
        signal_date as mql_date,
        origin as mql_at_origin,
        not_before as mql_not_before,
        opening_record,
        cast(null as timestamp) as closed_at
    from {{ ref("int_signals") }}
    where kind = 4
)

select
    {{ hash_id("passages.opening_record") }} as handoff_id,
    passages.source_system,
    passages.person_id,
    passages.island_no,
    row_number() over (
        partition by passages.person_id
        order by passages.mql_date asc, passages.mql_at asc, passages.opening_record asc
    ) as passage_no,
    passages.mql_at,
    passages.mql_date,
    passages.mql_at_origin,
    passages.mql_not_before,
    passages.opening_record,
    passages.closed_at,
    versions.agreement_version,
    versions.agreement_hash,
    versions.calendar_hash,
    versions.inactivity_days,
    versions.hot_interest_min,
    versions.hot_signal_days
from passages
left join {{ ref("stg_agreement__versions") }} as versions
    -- A date-only hand-over is judged by the version in force when its local day ends.
    on
        coalesce(passages.mql_at, cast({{ add_days("passages.mql_date", 1) }} as timestamp)) >= versions.in_force_from
        and coalesce(passages.mql_at, cast({{ add_days("passages.mql_date", 1) }} as timestamp))
        < versions.in_force_until
