-- Conversions of RD Station with their channel. Our own returns to nurture are marked: they are neither conversions
-- of the lead nor signals. So are repeats: a contact that was merged keeps its conversions here, and the one that took them over
-- has them too. Whoever counts conversions leaves repeats out.
with return_identifiers as (
    select distinct return_identifier
    from {{ ref("stg_agreement__reasons") }}
    where return_identifier is not null
),

channel_map as (
    select
        traffic_source,
        traffic_medium,
        min(channel) as channel
    from {{ ref("stg_agreement__channel_map") }}
    group by traffic_source, traffic_medium
),

told as (
    select
        conversions.contact_uuid,
        nodes.person_id,
        conversions.event_identifier,
        conversions.occurred_at,
        return_identifiers.return_identifier is not null as is_return,
        coalesce(conversions.traffic_source, '') <> '' as has_source,
        case
            when coalesce(conversions.traffic_source, '') = '' then 'unknown'
            else coalesce(exact.channel, anywhere.channel, 'unmapped')
        end as channel,
        {{ campaign_id("nullif(trim(conversions.traffic_campaign), '')") }} as campaign_id,
        conversions.traffic_value,
        conversions.filled_fields,
        conversions.event_key
    from {{ ref("stg_rd_station__conversions") }} as conversions
    left join {{ ref("int_person_nodes") }} as nodes
        on conversions.contact_uuid = nodes.source_id and nodes.source_system = 'rd_station'
    left join return_identifiers on conversions.event_identifier = return_identifiers.return_identifier
    left join channel_map as exact
        on conversions.traffic_source = exact.traffic_source and conversions.traffic_medium = exact.traffic_medium
    left join channel_map as anywhere
        on conversions.traffic_source = anywhere.traffic_source and anywhere.traffic_medium is null
    where conversions.event_type = 'CONVERSION'
)

select
    *,
    row_number() over (
        partition by coalesce(person_id, contact_uuid), event_identifier, occurred_at
        order by campaign_id desc nulls last, channel desc nulls last, filled_fields desc nulls last, event_key asc
    ) > 1 as is_repeat
from told
