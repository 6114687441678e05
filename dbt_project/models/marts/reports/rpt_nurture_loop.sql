-- The promise that a discarded lead is a future opportunity: of those returned to nurture in a month, how many came back
-- as an MQL and how many were won, by the reason they were given back.
with returned as (
    select
        h.handoff_id,
        h.rejection_reason,
        {{ period_start('month', local_date('h.returned_at')) }} as period_start,
        max(case when later.handoff_id is not null then 1 else 0 end) as is_mql_again,
        max(case when later.status = 'won' then 1 else 0 end) as is_won
    from {{ ref('fct_handoffs') }} as h
    left join {{ ref('fct_handoffs') }} as later
        on h.person_id = later.person_id and later.passage_no > h.passage_no
    where h.returned_at is not null
    group by 1, 2, 3
)

select
    period_start, rejection_reason,
    count(*) as returned,
    cast(sum(is_mql_again) as bigint) as mql_again,
    cast(sum(is_won) as bigint) as won,
    {{ ratio('cast(sum(is_mql_again) as bigint)', 'count(*)') }} as mql_again_share
from returned
group by period_start, rejection_reason
