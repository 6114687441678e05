{{ config(materialized='ephemeral') }}
-- Marks that were seen where we set them, and marks that were seen gone after we took them off.
select
    'opportunity' as sync, m.delivery_id, min(c.occurred_at) as confirmed_at
from {{ ref('int_mark_pushes') }} as m
inner join {{ ref('int_deals') }} as d on m.opportunity_id = d.opportunity_id
inner join {{ ref('int_person_nodes') }} as n on d.person_id = n.person_id and n.source_system = 'rd_station'
inner join {{ ref('stg_rd_station__conversions') }} as c
    on n.source_id = c.contact_uuid and c.event_type = 'OPPORTUNITY'
    and c.occurred_at >= m.from_at and c.occurred_at <= m.until_at
group by m.delivery_id
union all
select 'loss', o.delivery_id, min(f.observed_at)
from {{ ref('stg_deliveries__outbox') }} as o
inner join {{ ref('int_deals') }} as d on o.subject_id = d.opportunity_id
inner join {{ ref('int_person_nodes') }} as n on d.person_id = n.person_id and n.source_system = 'rd_station'
inner join {{ ref('stg_rd_station__funnels') }} as f
    on n.source_id = f.contact_uuid and f.observed_at >= o.delivered_at and not f.opportunity
where o.sync = 'loss' and o.state in ('accepted', 'confirmed')
group by o.delivery_id
