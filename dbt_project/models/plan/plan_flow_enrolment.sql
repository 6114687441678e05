-- Which discarded leads are put straight into a flow of RD Station: the agreement names it beside the reason. Where the reason
-- has a return conversion too, that goes first. The oldest first.
select
    'flow_enrolment' as sync,
    closing_opportunity_id as subject_id,
    '1' as occurrence,
    handoff_id, person_id, email, flow_id,
    rejection_reason as reason_code, reason_title,
    {{ as_text(local_date('closed_at')) }} as closed_on,
    closed_at, consent_status,
    row_number() over (
        order by case when flow_refusal_reason is null then 0 else 1 end, closed_at, closing_opportunity_id
    ) as priority,
    flow_refusal_reason is null as eligible,
    flow_refusal_reason as refusal_reason
from {{ ref('int_return_candidates') }}
where flow_id is not null
