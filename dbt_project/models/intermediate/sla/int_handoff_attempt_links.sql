-- The attempts of each passage: on its own deals and on those it shares, from its MQL instant on. A copy of a deal brings
-- none.
select
    h.handoff_id,
    a.attempt_id,
    a.source_id,
    a.opportunity_id,
    a.seller_id,
    a.channel,
    a.occurred_at,
    a.logged_at,
    a.counts_as_contact
from {{ ref('int_handoffs') }} as h
inner join {{ ref('int_handoff_opportunities') }} as b on h.handoff_id = b.handoff_id and b.link in ('own', 'joined')
inner join {{ ref('int_contact_attempts') }} as a on b.opportunity_id = a.opportunity_id
where a.occurred_at >= h.mql_at and a.occurred_at <= {{ as_of() }}
