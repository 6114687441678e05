-- Channel and campaign: the last conversion at or before the MQL instant that says where the lead came from, else the
-- person's first one afterwards. Exported lists carry their own channel.
with ranked as (
    select
        passages.handoff_id,
        conversions.channel,
        conversions.campaign_id,
        row_number() over (
            partition by passages.handoff_id
            order by
                case when conversions.occurred_at <= passages.mql_at then 0 else 1 end asc,
                case when conversions.occurred_at <= passages.mql_at then conversions.occurred_at end desc nulls last,
                conversions.occurred_at asc,
                case when conversions.occurred_at <= passages.mql_at then conversions.event_identifier end
                desc nulls last,
                conversions.event_identifier asc,
                conversions.event_key asc
        ) as preference
    from {{ ref("int_passages") }} as passages
    inner join {{ ref("int_conversions") }} as conversions
        on passages.person_id = conversions.person_id
    where
        passages.source_system = '{{ crm_system() }}'
        and not conversions.is_return
        and conversions.has_source
)

select
    passages.handoff_id,
    coalesce(ranked.channel, 'unknown') as channel,
    ranked.campaign_id
from {{ ref("int_passages") }} as passages
left join ranked on passages.handoff_id = ranked.handoff_id and ranked.preference = 1
where passages.source_system = '{{ crm_system() }}'

union all

select
    passages.handoff_id,
    handoffs.channel,
    {{ campaign_id("nullif(trim(handoffs.campaign), '')") }} as campaign_id
from {{ ref("stg_files__handoffs") }} as handoffs
inner join {{ ref("int_passages") }} as passages on passages.opening_record = 'files:handoff:' || handoffs.handoff_key
