-- Share of a month's hand-overs that sales took. Judged once the month is over, and only when those still undecided
-- can no longer change the answer: until then it runs.
with passages as (
    select
        {{ month_of('mql_date') }} as month,
        accepted_at is not null or sql_at is not null or opportunity_at is not null or proposal_at is not null
        or won_at is not null or won_date is not null as is_accepted,
        status in ('rejected', 'lost', 'inactive') as is_over
    from {{ ref('int_handoffs') }}
),

counted as (
    select
        i.verdict_id, i.minimum, i.ends_at,
        count(p.month) as handed_over,
        coalesce(sum(case when p.is_accepted then 1 else 0 end), 0) as accepted,
        coalesce(sum(case when not p.is_accepted and not p.is_over then 1 else 0 end), 0) as undecided
    from {{ ref('int_clause_index') }} as i
    left join passages as p on i.month = p.month
    where i.clause_kind = 'acceptance_rate'
    group by i.verdict_id, i.minimum, i.ends_at
)

select
    verdict_id,
    ends_at as due_at,
    cast(null as timestamp) as met_at,
    'share' as basis,
    case
        when {{ as_of() }} < ends_at then 'running'
        when handed_over = 0 then 'not_applicable/no_handovers'
        when accepted >= minimum * handed_over then 'met'
        when accepted + undecided < minimum * handed_over then 'breached'
        else 'running'
    end as judgement,
    'accepted=' || {{ as_text('accepted') }} || ';handed_over=' || {{ as_text('handed_over') }}
    || ';undecided=' || {{ as_text('undecided') }} as evidence
from counted
