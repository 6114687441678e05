-- One row per reason for loss. No endpoint lists them: they are the texts that deals and archived leads carry.
select distinct
    lost_reason_id as reason_id,
    lost_reason_name as name
from {{ ref("stg_pipedrive__deals") }}
where lost_reason_id is not null
