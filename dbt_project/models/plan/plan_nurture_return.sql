-- Which discarded leads go back into nurture by a conversion in RD Station, and why the others do not.
-- The oldest first: it is the next one to pass the maximum age.
select
    'nurture_return' as sync,
    closing_opportunity_id as subject_id,
    '1' as occurrence,
    handoff_id, person_id, email, return_identifier as conversion_identifier,
    rejection_reason as reason_code, closed_at, consent_status,
    row_number() over (
        order by case when refusal_reason is null then 0 else 1 end, closed_at, closing_opportunity_id
    ) as priority,
    refusal_reason is null as eligible,
    refusal_reason
from {{ ref('int_return_candidates') }}
where return_identifier is not null
