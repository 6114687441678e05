-- Two records that a link joins are one person, unless their component holds a contradiction; and records that were told apart
-- by hand are never one: the propagation really ended, and no path rejoined them.
select
    links.node_no,
    links.other_no
from {{ ref("int_identity_links") }} as links
inner join {{ ref("int_identity_nodes") }} as own on links.node_no = own.node_no
inner join {{ ref("int_identity_nodes") }} as other on links.other_no = other.node_no
inner join {{ ref("int_person_nodes") }} as own_person on own.node = own_person.node
inner join {{ ref("int_person_nodes") }} as other_person on other.node = other_person.node
left join {{ ref("int_identity_labels") }} as labels on links.node_no = labels.node_no
left join (select distinct label from {{ ref("int_identity_seeds") }}) as seeds on labels.label = seeds.label
where links.refusal_reason is null and own_person.person_id <> other_person.person_id
    and (seeds.label is null or links.rule = 'manual_merge')

union all

select
    min(own.split_no) as node_no,
    max(other.split_no) as other_no
from {{ ref("stg_agreement__identity_splits") }} as own
inner join {{ ref("stg_agreement__identity_splits") }} as other on own.split_no = other.split_no and own.party <> other.party
inner join {{ ref("int_person_nodes") }} as own_person on own.node = own_person.node
inner join {{ ref("int_person_nodes") }} as other_person on other.node = other_person.node
where own_person.person_id = other_person.person_id
having count(*) > 0
