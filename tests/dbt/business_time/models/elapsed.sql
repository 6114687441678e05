select
    v.vector_no,
    {{ worked_before('v.end_at', 'd2') }} - {{ worked_before('v.start_at', 'd1') }} as seconds
from {{ source('vectors', 'elapsed') }} as v
inner join {{ ref('calendar') }} as d1
    on v.calendar_hash = d1.calendar_hash and cast(v.start_at as date) = d1.utc_date
inner join {{ ref('calendar') }} as d2
    on v.calendar_hash = d2.calendar_hash and cast(v.end_at as date) = d2.utc_date
