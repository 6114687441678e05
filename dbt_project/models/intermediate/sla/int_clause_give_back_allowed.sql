-- Whether a lead was given back only after the whole cadence was tried, but for the reasons that need no cadence.
with needs as (
    {{ cadence_needs() | indent(4) }}
),

made as (
    select i.verdict_id, i.agreement_version, i.clause_id, a.channel, count(*) as attempts
    from {{ ref('int_clause_index') }} as i
    inner join {{ ref('int_handoff_attempt_links') }} as a
        on i.handoff_id = a.handoff_id and a.occurred_at <= i.ends_at
    where i.clause_kind = 'give_back_allowed'
    group by i.verdict_id, i.agreement_version, i.clause_id, a.channel
),

covered as (
    select m.verdict_id, count(*) as channels
    from made as m
    inner join needs as n
        on m.agreement_version = n.agreement_version and m.clause_id = n.clause_id and m.channel = n.channel
        and m.attempts >= n.needed
    group by m.verdict_id
),

channels as (
    select agreement_version, clause_id, count(*) as channels
    from needs
    group by agreement_version, clause_id
),

judged as (
    select
        i.verdict_id, i.ends_at, o.source_id as deal_id,
        case
            when x.value is not null then 'not_applicable/exempt_reason'
            when coalesce(c.channels, 0) = coalesce(n.channels, 0) then 'met'
            else 'breached/cadence_incomplete'
        end as judgement
    from {{ ref('int_clause_index') }} as i
    inner join {{ ref('int_handoffs') }} as h on i.handoff_id = h.handoff_id
    left join {{ ref('int_opportunities') }} as o on h.closing_opportunity_id = o.opportunity_id
    left join {{ ref('stg_agreement__clause_items') }} as x
        on x.item_kind = 'exempt_reason' and i.agreement_version = x.agreement_version and i.clause_id = x.clause_id
        and h.rejection_reason = x.value
    left join channels as n on i.agreement_version = n.agreement_version and i.clause_id = n.clause_id
    left join covered as c on i.verdict_id = c.verdict_id
    where i.clause_kind = 'give_back_allowed'
)

select
    verdict_id,
    ends_at as due_at,
    case when judgement = 'met' then ends_at end as met_at,
    'attempt' as basis,
    judgement,
    'deal:' || deal_id as evidence
from judged
