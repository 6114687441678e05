-- Stays of each deal in lead statuses and opportunity stages that began by as_of. Closing (won, lost, disqualified,
-- converted) is no stage: it ends no stay, and a deal that is opened again goes on where it was.
with placed as (
    select
        keys.deal_id,
        entries.record_id,
        entries.start_at,
        entries.tie,
        case when opportunities.opportunity_id is null then 1 else 2 end as part,
        case
            when opportunities.opportunity_id is null then 'lead:' || entries.label
            else coalesce(opportunities.record_type_id, 'opportunity') || ':' || entries.label
        end as stage_id
    from {{ ref("stg_salesforce__stage_entries") }} as entries
    inner join {{ ref("stg_salesforce__deal_keys") }} as keys on entries.record_id = keys.record_id
    left join {{ latest_rows(source("raw_salesforce", "opportunities"), "opportunity_id") }} as opportunities
        on entries.record_id = opportunities.opportunity_id
    where
        (opportunities.opportunity_id is not null or keys.deal_id = 'lead:' || entries.record_id)
        and entries.start_at <= {{ as_of() }}
),

stays as (
    select
        placed.*,
        lag(placed.stage_id) over (
            partition by placed.deal_id order by placed.start_at asc, placed.part asc, placed.tie asc
        ) as stage_before
    from placed
    inner join {{ ref("stg_salesforce__stages") }} as stages on placed.stage_id = stages.stage_id
)

select
    deal_id,
    {{ hash_id("record_id || '|' || stage_id || '|' || " ~ iso_seconds("start_at") ~ " || '|' || tie") }} as visit_id,
    stage_id,
    {{ trunc_second("start_at") }} as start_at,
    {{ trunc_second("lead(start_at) over (partition by deal_id order by start_at asc, part asc, tie asc)") }} as end_at
from stays
where stage_before is null or stage_before <> stage_id
