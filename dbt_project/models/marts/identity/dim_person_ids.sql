{{ config(
    materialized="daily",
    stale="former_person_id in (select " ~ hash_id("'person:' || node") ~ " from " ~ identity_work('names') ~ ")",
) }}
-- Every id that a person has or ever had: a person is named after one of its records, so each record tells an id, and the
-- person that it belongs to now. When two people turn out to be one, the older id stays, and the other one is found here.
select
    {{ hash_id("'person:' || people.node") }} as former_person_id,
    people.person_id,
    people.source_system,
    nodes.first_load_seq
from {{ of_today("int_person_nodes", "parts") }} as people
inner join {{ of_today("int_identity_nodes", "nodes") }} as nodes on people.node_no = nodes.node_no
