-- One row per completed outbound attempt by a person. RD Station CRM records no call result: outcome is `unknown` and
-- counts_as_contact null; each clause says what that means.
select
    attempt_id, handoff_id, opportunity_id, seller_id, channel, outcome, occurred_at, logged_at, counts_as_contact
from {{ ref('int_contact_attempts') }}
