-- One row per lead: when it came, through which channel, campaign and form it was first known, and whether it ever became an
-- MQL.
with first_conversions as (
    select
        person_id, channel, campaign_id, event_identifier as form,
        row_number() over (
            partition by person_id
            order by case when channel = 'unknown' then 1 else 0 end, occurred_at, event_key
        ) as place
    from {{ ref('int_conversions') }}
    where not is_return and person_id is not null
)

select
    e.person_id,
    e.entered_date as lead_date,
    coalesce(c.channel, 'unknown') as channel,
    c.campaign_id, c.form,
    exists (select 1 from {{ ref('int_handoffs') }} as h where h.person_id = e.person_id) as is_mql
from {{ ref('int_funnel_events') }} as e
left join first_conversions as c on e.person_id = c.person_id and c.place = 1
where e.stage = 'lead'
