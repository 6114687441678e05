-- Two ways to the same answer: the consent that decides about a return, and the history that explains it.
select p.person_id, p.consent_status, c.status
from {{ ref('int_people') }} as p
left join (select person_id, status from {{ ref('dim_consents') }} where purpose = 'communications') as c
    on p.person_id = c.person_id
where c.person_id is null or p.consent_status <> c.status
