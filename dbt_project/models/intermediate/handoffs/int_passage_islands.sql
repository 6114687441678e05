-- Gaps and islands: a new island starts where a span begins after every earlier span of the person has ended.
with ordered as (
    select
        person_id,
        signal_id,
        opportunity_id,
        record_key,
        start_at,
        end_at,
        max(end_at) over (
            partition by person_id
            order by start_at asc, record_key asc
            rows between unbounded preceding and 1 preceding
        ) as reached_at
    from {{ ref("int_passage_intervals") }}
)

select
    person_id,
    signal_id,
    opportunity_id,
    start_at,
    end_at,
    sum(case when reached_at is null or start_at > reached_at then 1 else 0 end) over (
        partition by person_id
        order by start_at asc, record_key asc
        rows between unbounded preceding and current row
    ) as island_no
from ordered
