-- When reading first showed each conversion and each mark. A merge moves events: they are read again at the survivor.
select
    'contact' as record_kind,
    contact_uuid as record_id,
    'contact' as object_kind,
    contact_uuid as object_id,
    case when event_type = 'CONVERSION' then 'conversion' else 'opportunity_mark' end as event_kind,
    {{ trunc_second("occurred_at") }} as occurred_at,
    {{ trunc_second("min(extracted_at)") }} as first_read_at
from {{ source("raw_rd_station", "conversions") }}
where load_seq <= {{ known_at() }}
group by contact_uuid, event_type, occurred_at
