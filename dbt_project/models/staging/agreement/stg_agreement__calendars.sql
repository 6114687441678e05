-- Who works by another calendar than the version's: teams (key: the team's name) and sellers (key: e-mail in lower case);
-- and each calendar without the absences of a seller (scope `absence`; base `elapsed` = every second of the day).
select
    scope,
    agreement_version,
    key,
    cast(null as {{ dbt.type_string() }}) as base_calendar_hash,
    calendar_hash
from {{ current_agreement(source("raw_agreement", "calendar_assignments")) }} as calendar_assignments

union all

select
    'absence' as scope,
    cast(null as {{ dbt.type_string() }}) as agreement_version,
    seller_email as key,
    base_calendar_hash,
    calendar_hash
from {{ current_agreement(source("raw_agreement", "calendar_absences")) }} as calendar_absences
