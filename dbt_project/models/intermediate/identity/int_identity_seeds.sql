{{ config(
    materialized="daily",
    stale="node_no in (select node_no from " ~ identity_work('scope') ~ ")",
    part="seeds",
) }}
-- Components that hold a contradiction, and the records in them that are surely of different people: those that somebody told
-- apart by hand, and those with different CPFs. Records of one colour may be one person, of two colours never.
with members as (
    select
        labels.node_no,
        labels.label,
        nodes.node,
        coalesce(merges.merge_group, nodes.node) as unit
    from {{ of_today("int_identity_labels", "labels") }} as labels
    inner join {{ of_today("int_identity_nodes", "nodes") }} as nodes on labels.node_no = nodes.node_no
    left join {{ ref("stg_agreement__identity_merges") }} as merges on nodes.node = merges.node
),

told_apart as (
    select
        members.label,
        splits.split_no
    from {{ ref("stg_agreement__identity_splits") }} as splits
    inner join members on splits.node = members.node
    group by members.label, splits.split_no
    having count(distinct splits.party) > 1
),

by_hand as (
    select
        members.node_no,
        members.label,
        min(members.node_no) over (partition by members.label, splits.party) as colour
    from {{ ref("stg_agreement__identity_splits") }} as splits
    inner join members on splits.node = members.node
    inner join told_apart on members.label = told_apart.label and splits.split_no = told_apart.split_no
),

-- A CPF on too many records is nobody's; its links tell on how many it is.
crowded as (
    select distinct identifier
    from {{ of_today("int_identity_links", "links") }}
    where rule = 'cpf' and records > {{ var("identity_max_records") }}
),

-- Two CPFs of one record, or of records merged by hand, are one person's.
documents as (
    select
        members.node_no,
        members.label,
        members.unit,
        identifiers.identifier,
        min(identifiers.identifier) over (partition by members.label, members.unit) as unit_document
    from {{ of_today("int_identity_identifiers", "documents") }} as identifiers
    inner join members on identifiers.node_no = members.node_no
    left join crowded on identifiers.identifier = crowded.identifier
    where identifiers.kind = 'cpf' and identifiers.refusal_reason is null and crowded.identifier is null
),

owners as (
    select
        node_no,
        label,
        unit,
        min(unit_document) over (partition by label, identifier) as owner
    from documents
),

different as (
    select label
    from owners
    group by label
    having count(distinct owner) > 1
),

-- Where somebody told records apart by hand, their CPFs go with them.
by_document as (
    select
        owners.node_no,
        owners.label,
        min(coalesce(by_hand.colour, first_of_owner.node_no)) over (partition by owners.label, owners.owner) as colour
    from owners
    inner join different on owners.label = different.label
    inner join (
        select label, owner, min(node_no) as node_no from owners group by label, owner
    ) as first_of_owner on owners.label = first_of_owner.label and owners.owner = first_of_owner.owner
    left join by_hand on owners.node_no = by_hand.node_no
),

chosen as (
    select
        node_no,
        label,
        colour,
        'manual_split' as cause
    from by_hand
    union all
    select
        by_document.node_no,
        by_document.label,
        by_document.colour,
        'different_cpf' as cause
    from by_document
    left join by_hand on by_document.node_no = by_hand.node_no
    where by_hand.node_no is null
)

-- What was merged by hand has one colour.
select
    chosen.node_no,
    chosen.label,
    min(chosen.colour) over (partition by chosen.label, members.unit) as colour,
    chosen.cause
from chosen
inner join members on chosen.node_no = members.node_no
