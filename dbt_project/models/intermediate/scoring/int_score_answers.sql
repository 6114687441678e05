-- What each hand-over answers to each rule of the agreement's score, by the version in force, on facts known at mql_at: one
-- row per value of the rule. `is_hit` is null where no source can tell. The join of every kind is an equality.
with rules as (
    select
        h.handoff_id, h.person_id, h.company_id, h.channel, h.mql_at, r.rule_id, r.kind, r.field, r.value, r.minimum,
        case when r.within_days is null then cast('0001-01-01 00:00:00' as timestamp)
            else {{ add_seconds('h.mql_at', '(-86400 * r.within_days)') }} end as since
    from {{ ref('int_handoffs') }} as h
    inner join {{ ref('stg_agreement__score_rules') }} as r on h.agreement_version = r.agreement_version
),

-- Whose conversions can be seen at all: people whom RD Station knows.
readable as (
    select distinct person_id from {{ ref('int_person_nodes') }} where source_system = 'rd_station'
),

fields as (
    select distinct n.person_id, f.field, f.value
    from {{ ref('stg_rd_station__contact_fields') }} as f
    inner join {{ ref('int_person_nodes') }} as n on f.contact_uuid = n.source_id and n.source_system = 'rd_station'
    where f.value is not null
),

conversions as (
    select person_id, event_identifier, occurred_at from {{ ref('int_conversions') }} where not is_return and not is_repeat
)

select r.handoff_id, r.rule_id, r.value as fact, c.segment = r.value as is_hit
from rules as r
left join {{ ref('int_companies') }} as c on r.company_id = c.company_id
where r.kind = 'segment_in'
union all
select handoff_id, rule_id, value, case when channel <> 'unknown' then channel = value end
from rules
where kind = 'channel_in'
union all
select r.handoff_id, r.rule_id, f.value, f.value = r.value
from rules as r
left join fields as f on r.person_id = f.person_id and r.field = f.field
where r.kind = 'field_in'
union all
select r.handoff_id, r.rule_id, r.value, case when r.mql_at is not null and p.person_id is not null then c.person_id is not null end
from rules as r
left join readable as p on r.person_id = p.person_id
left join conversions as c
    on r.person_id = c.person_id and r.value = c.event_identifier and c.occurred_at between r.since and r.mql_at
where r.kind = 'conversion_in'
union all
select
    r.handoff_id, r.rule_id, {{ as_text('count(c.person_id)') }},
    case when r.mql_at is not null and p.person_id is not null then count(c.person_id) >= r.minimum end
from rules as r
left join readable as p on r.person_id = p.person_id
left join conversions as c on r.person_id = c.person_id and c.occurred_at between r.since and r.mql_at
where r.kind = 'conversions_at_least'
group by r.handoff_id, r.rule_id, r.minimum, r.mql_at, p.person_id
union all
select handoff_id, rule_id, value, cast(null as boolean)
from rules
where kind = 'signal'
