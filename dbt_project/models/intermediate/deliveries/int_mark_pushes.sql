{{ config(materialized='ephemeral') }}
-- Opportunity marks that we set ourselves, with the time in which RD Station can have recorded them: from the planning of
-- the delivery (less five minutes, for two clocks) to an hour after its last call, since events are processed later. The
-- mark carries nothing of ours that could be read again (contract A5): who and when is all there is.
select
    delivery_id,
    subject_id as opportunity_id,
    sent_at,
    {{ add_seconds('planned_at', -300) }} as from_at,
    {{ add_seconds('coalesce(delivered_at, sent_at)', 3600) }} as until_at
from {{ ref('stg_deliveries__outbox') }}
where sync = 'opportunity' and sent_at is not null
