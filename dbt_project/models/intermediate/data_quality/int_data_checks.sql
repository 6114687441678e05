-- What the sources can say that is odd, or leave out: each record that was looked at, and whether it is a case. Nothing is
-- mended here: the figures take the facts as they are, and this tells how many of them to mistrust.
with wins as (
    select o.*, p.company_id is not null as is_invoiced
    from {{ ref('fct_opportunities') }} as o
    left join (select distinct company_id from {{ ref('fct_revenue') }} where is_revenue and company_id is not null) as p
        on o.company_id = p.company_id
    where o.outcome = 'won' and not coalesce(o.is_copy, false)
)

select 'won_before_handoff' as anomaly, source_system, handoff_id as subject_id, won_date as day, won_date < mql_date as is_case
from {{ ref('fct_handoffs') }}
where won_date is not null
union all
select 'handoff_without_channel', source_system, handoff_id, mql_date, channel is null
from {{ ref('fct_handoffs') }}
union all
select 'handoff_channel_unknown', source_system, handoff_id, mql_date, coalesce(channel, '') = 'unknown'
from {{ ref('fct_handoffs') }}
union all
select 'handoff_without_time', source_system, handoff_id, mql_date, mql_at is null
from {{ ref('fct_handoffs') }}
union all
select 'win_without_time', source_system, opportunity_id, closed_date, closed_at is null
from wins
union all
select 'win_without_company', source_system, opportunity_id, closed_date, company_id is null
from wins
union all
select 'win_never_invoiced', source_system, opportunity_id, closed_date, not is_invoiced
from wins
where company_id is not null
union all
select 'revenue_without_deal', source_system, movement_id, occurred_on, match_rule = 'none'
from {{ ref('fct_revenue') }}
where is_revenue
