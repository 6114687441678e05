-- A person has at most one passage at a time: the next one opens after the last one has closed. Exported lists are taken
-- as they are: their rows are hand-overs whether they overlap or not.
with ordered as (
    select
        handoff_id,
        mql_at,
        lag(handoff_id) over (partition by person_id order by passage_no asc) as previous_id,
        lag(closed_at) over (partition by person_id order by passage_no asc) as previous_closed_at
    from {{ ref("int_handoffs") }}
    where mql_at is not null and source_system <> 'files'
)

select
    handoff_id,
    previous_id
from ordered
where previous_id is not null and (previous_closed_at is null or previous_closed_at >= mql_at)
