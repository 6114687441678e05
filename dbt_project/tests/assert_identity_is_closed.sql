-- Two records that share an identifier within the guard are one person: the propagation really ended.
select
    identifiers.kind,
    count(distinct nodes.node) as records,
    count(distinct nodes.person_id) as people
from {{ ref("int_identity_identifiers") }} as identifiers
inner join {{ ref("int_person_nodes") }} as nodes on identifiers.node = nodes.node
group by identifiers.kind, identifiers.identifier
having count(distinct nodes.node) between 2 and {{ var("max_records_per_identifier", 5) }}
    and count(distinct nodes.person_id) > 1
