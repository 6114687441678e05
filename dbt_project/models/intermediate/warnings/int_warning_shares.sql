-- What can be a sign of a broken agreement, one row per member of a share: a hand-over without an attempt or an owner, a
-- closing without a reason, a sale that never was an MQL. Each stands in the month it belongs to, once for the company and
-- once for the seller who answers for it. What no source can tell (a list without attempts) is no member.
with members as (
    select
        'untouched_share_above' as sign, mql_date as day, seller_id, handoff_id as subject_id,
        attempts = 0 as is_hit
    from {{ ref('int_handoffs') }}
    where attempts is not null
    union all
    select 'no_owner_share_above', mql_date, null, handoff_id, seller_id is null
    from {{ ref('int_handoffs') }}
    union all
    select 'no_reason_share_above', closed_date, seller_id, handoff_id, rejection_reason is null
    from {{ ref('int_handoffs') }}
    where status in ('rejected', 'lost') and closed_date is not null
    union all
    select 'sold_outside_share_above', closed_date, seller_id, opportunity_id, handoff_id is null
    from {{ ref('fct_opportunities') }}
    where outcome = 'won' and not coalesce(is_copy, false) and closed_date is not null
)

select
    sign, {{ period_start('month', 'day') }} as period_start,
    {{ no_text() }} as seller_id, subject_id, day, is_hit
from members
union all
select sign, {{ period_start('month', 'day') }}, seller_id, subject_id, day, is_hit
from members
where seller_id is not null
