{{ config(materialized='ephemeral') }}
-- Whom the status of an opportunity is told about: a person's main contact in RD Station, its consent, and whether it is
-- known there for long enough (a qualification event of a newer contact is dropped without a word, contract A5).
select
    p.person_id,
    p.main_rd_contact_uuid as contact_uuid,
    p.consent_status,
    e.email,
    coalesce(e.is_forgotten, false) as is_forgotten,
    c.created_at > {{ add_seconds(as_of(), -60 * var('new_contact_minutes') | int) }} as is_new,
    l.opportunity,
    l.observed_at
from {{ ref('int_people') }} as p
left join {{ ref('int_return_emails') }} as e on p.main_rd_contact_uuid = e.contact_uuid
left join {{ ref('stg_rd_station__contacts') }} as c on p.main_rd_contact_uuid = c.contact_uuid
left join {{ ref('int_contact_looks') }} as l on p.main_rd_contact_uuid = l.contact_uuid
