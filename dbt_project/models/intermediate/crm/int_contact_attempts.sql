-- Completed outbound attempts of sales, on deals with and without a hand-over. Where a system records no call result (RD
-- Station CRM), whether an attempt was a contact is not known. `handoff_id` is the hand-over of the deal's first contact.
select
    {{ hash_id("'" ~ crm_system() ~ ":task:' || tasks.task_id") }} as attempt_id,
    hand_overs.handoff_id,
    deals.opportunity_id,
    {{ seller_id("coalesce(tasks.user_id, deals.user_id)") }} as seller_id,
    tasks.type as channel,
    tasks.outcome,
    tasks.done_at as occurred_at,
    tasks.created_at as logged_at,
    case tasks.outcome when 'contact' then true when 'no_answer' then false end as counts_as_contact,
    '{{ crm_system() }}' as source_system,
    tasks.task_id as source_id
from {{ crm("tasks") }} as tasks
left join {{ ref("int_deals") }} as deals on tasks.deal_id = deals.deal_id
left join {{ ref("int_handoff_opportunities") }} as hand_overs
    on deals.opportunity_id = hand_overs.opportunity_id and hand_overs.is_own
where
    tasks.is_done
    and tasks.done_at <= {{ as_of() }}
    and tasks.type in ('call', 'whatsapp', 'email', 'meeting', 'visit')

union all

select
    {{ hash_id("'files:attempt:' || attempts.attempt_key") }} as attempt_id,
    hand_overs.handoff_id,
    listed.opportunity_id,
    {{ hash_id("'files:seller:' || coalesce(attempts.seller_key, listed.seller_key)") }} as seller_id,
    attempts.channel,
    attempts.outcome,
    attempts.occurred_at,
    attempts.logged_at,
    case attempts.outcome when 'contact' then true when 'no_answer' then false end as counts_as_contact,
    'files' as source_system,
    attempts.attempt_key as source_id
from {{ ref("stg_files__attempts") }} as attempts
left join {{ ref("int_file_opportunities") }} as listed
    on attempts.handoff_key = listed.handoff_key and listed.is_primary
left join {{ ref("int_handoff_opportunities") }} as hand_overs
    on listed.opportunity_id = hand_overs.opportunity_id and hand_overs.is_own
where attempts.occurred_at <= {{ as_of() }}
