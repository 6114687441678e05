-- First attempt, first contact and number of attempts of each passage, own and joined deals together, from its MQL
-- instant on. An attempt of which nobody knows whether it reached the person counts as a contact.
select
    passages.handoff_id,
    min(attempts.occurred_at) as first_attempt_at,
    min(case when coalesce(attempts.counts_as_contact, true) then attempts.occurred_at end) as first_contact_at,
    count(*) as attempts
from {{ ref("int_passages") }} as passages
inner join {{ ref("int_handoff_opportunities") }} as links
    on passages.handoff_id = links.handoff_id and links.link in ('own', 'joined')
inner join {{ ref("int_contact_attempts") }} as attempts
    on links.opportunity_id = attempts.opportunity_id and attempts.occurred_at >= passages.mql_at
group by passages.handoff_id
