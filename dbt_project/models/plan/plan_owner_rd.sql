-- Owners that RD Station should show on its contacts: the CRM owner of each person's last hand-over and, where the
-- agreement lets Bastão assign, the routed seller of a lead that has no deal yet (so that its deal is born with an owner).
-- The key holds the owner and the instant of the change: A, then B, then A again are three.
with last_handoffs as (
    select h.handoff_id, h.person_id, h.status, h.mql_at, h.temperature, h.primary_opportunity_id, p.main_rd_contact_uuid
    from (
        select *, row_number() over (partition by person_id order by passage_no desc nulls last) as place
        from {{ ref('int_handoffs') }}
    ) as h
    inner join {{ ref('int_people') }} as p on h.person_id = p.person_id
    where h.place = 1 and h.mql_at >= {{ go_live() }} and p.main_rd_contact_uuid is not null
),

wanted as (
    select
        h.handoff_id, i.email as owner_email, {{ owner_occurrence('i.email', 'w.from_at') }} as occurrence,
        greatest(w.from_at, h.mql_at) as happened_at, false as only_if_free, {{ no_text() }} as waits
    from last_handoffs as h
    inner join {{ ref('int_handoff_owners') }} as w on h.handoff_id = w.handoff_id and w.until_at is null
    inner join {{ ref('int_seller_identities') }} as i on w.seller_id = i.seller_id
    where i.email is not null
    union all
    select
        d.handoff_id, d.seller_email, 'routed', d.mql_at, true,
        case when d.acts_at > {{ as_of() }} then 'grace' when d.user_id is null then 'seller_not_in_crm' end
    from {{ ref('int_routing_decisions') }} as d
    inner join last_handoffs as h on d.handoff_id = h.handoff_id
    where d.mode = 'assign' and d.is_waiting and h.primary_opportunity_id is null and d.seller_email is not null
),

-- What RD Station showed last. It says nothing any more once we have written there ourselves since.
shown as (
    select contact_uuid, lower(trim(contact_owner_email)) as owner_email, observed_at
    from {{ ref('int_contact_looks') }}
),

written as (
    select handoff_id, max(coalesce(delivered_at, sent_at)) as written_at
    from {{ ref('stg_deliveries__outbox') }}
    where sync = 'owner_rd' and sent_at is not null
    group by handoff_id
),

candidates as (
    select
        w.*, h.person_id, h.temperature, h.main_rd_contact_uuid, e.email,
        case
            when s.observed_at < t.written_at then null
            when s.owner_email = w.owner_email then 'already_shown'
            when w.only_if_free and s.owner_email is not null then 'owned'
        end as settled
    from wanted as w
    inner join last_handoffs as h on w.handoff_id = h.handoff_id
    left join {{ ref('int_return_emails') }} as e on h.main_rd_contact_uuid = e.contact_uuid
    left join shown as s on h.main_rd_contact_uuid = s.contact_uuid
    left join written as t on w.handoff_id = t.handoff_id
)

select
    'owner_rd' as sync,
    handoff_id as subject_id,
    occurrence,
    handoff_id, person_id, email, main_rd_contact_uuid as contact_uuid, owner_email, only_if_free, happened_at,
    'granted' as consent_status,  -- who answers for a lead inside the house needs nobody's consent
    cast(case when temperature = 'hot' then 1 else 2 end as bigint) as priority,
    coalesce(settled, waits) is null as eligible,
    coalesce(settled, waits) as refusal_reason
from candidates
