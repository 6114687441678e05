{{ config(
    materialized="daily",
    stale="rule = 'manual_merge' or exists (select 1 from " ~ identity_work('values') ~ " as v where v.value_kind = rule and v.value_text = identifier)",
    pre_hook="{{ note_values_of_today() }}",
) }}
-- What could make two records one person, each with its rule and evidence, kept or refused: every record is tied to the first
-- one that has the same value (not to each other: a value on n records gives n - 1 links). What people decided by hand is a
-- rule too, and no guard touches it. What refuses a link later, because of all others, stands in fct_identity_links.
with shared as (
    select
        kind,
        identifier,
        -- A record whose own value is refused must not stand between two that could be linked by it.
        coalesce(min(case when refusal_reason is null then node_no end), min(node_no)) as hub_no,
        cast(sum(case when refusal_reason is null then 1 else 0 end) as bigint) as records
    from {{ of_today("int_identity_identifiers", "holders") }}
    group by kind, identifier
    having count(*) > 1
),

-- A fixed line on records with different addresses is a switchboard: colleagues, not one person. A record counts with one
-- address, whatever their number.
switchboards as (
    select
        lines.kind,
        lines.identifier
    from {{ of_today("int_identity_identifiers", "holders") }} as lines
    inner join (
        select
            node_no,
            min(identifier) as address
        from {{ of_today("int_identity_identifiers", "addresses") }}
        where kind = 'email' and node_no in (
            select landlines.node_no
            from {{ of_today("int_identity_identifiers", "holders") }} as landlines
            where landlines.kind = 'landline'
        )
        group by node_no
    ) as addresses on lines.node_no = addresses.node_no
    where lines.kind = 'landline'
    group by lines.kind, lines.identifier
    having count(distinct addresses.address) > 1
),

merged as (
    select
        nodes.node_no,
        min(nodes.node_no) over (partition by merges.merge_group) as hub_no
    from {{ ref("stg_agreement__identity_merges") }} as merges
    inner join {{ ref("int_identity_nodes") }} as nodes on merges.node = nodes.node
)

select
    holders.node_no,
    shared.hub_no as other_no,
    holders.kind as rule,
    holders.identifier,
    shared.records,
    {{ link_strength("holders.kind") }} as strength,
    coalesce(
        holders.refusal_reason,
        case when switchboards.identifier is not null then 'switchboard' end,
        case when shared.records > {{ var("identity_max_records") }} then 'too_many_records' end
    ) as refusal_reason
from {{ of_today("int_identity_identifiers", "holders") }} as holders
inner join shared on holders.kind = shared.kind and holders.identifier = shared.identifier
left join switchboards on holders.kind = switchboards.kind and holders.identifier = switchboards.identifier
where holders.node_no <> shared.hub_no

union all

select
    node_no,
    hub_no as other_no,
    'manual_merge' as rule,
    {{ no_text() }} as identifier,
    2 as records,
    0 as strength,
    {{ no_text() }} as refusal_reason
from merged
where node_no <> hub_no
