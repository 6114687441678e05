-- Links between records that share an identifier, both directions, as numbers in the order of the node's text: every
-- record is tied to the smallest one that has the same value. A value on more than five records links nothing: it is
-- a switchboard, a shared mailbox or a placeholder.
with numbered as (
    select
        node,
        row_number() over (order by node asc) as node_no
    from {{ ref("int_identity_nodes") }}
),

holders as (
    select
        identifiers.kind,
        identifiers.identifier,
        numbered.node_no,
        min(numbered.node_no) over (partition by identifiers.kind, identifiers.identifier) as hub_no,
        count(*) over (partition by identifiers.kind, identifiers.identifier) as records
    from {{ ref("int_identity_identifiers") }} as identifiers
    inner join numbered on identifiers.node = numbered.node
),

links as (
    select distinct
        node_no,
        hub_no
    from holders
    where records between 2 and {{ var("max_records_per_identifier", 5) }} and node_no <> hub_no
)

select
    node_no,
    hub_no as other_no
from links
union
select
    hub_no as node_no,
    node_no as other_no
from links
