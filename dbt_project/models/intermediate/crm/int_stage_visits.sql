-- Every visit of a deal to a stage, re-entries too, with the mapped funnel stage. Exported lists name the instant of each
-- stage by the stage's own name; `deal_id` is then the hand-over's.
select
    visits.deal_id,
    {{ opportunity_id("visits.deal_id") }} as opportunity_id,
    visits.visit_id,
    stages.stage_name,
    stages.funnel_stage,
    visits.start_at,
    visits.end_at
from {{ crm("deal_stage_visits") }} as visits
left join {{ ref("int_crm_stages") }} as stages on visits.stage_id = stages.stage_id

union all

select
    'files:' || listed.handoff_key as deal_id,
    listed.opportunity_id,
    stages.funnel_stage as visit_id,
    stages.funnel_stage as stage_name,
    stages.funnel_stage,
    stages.start_at,
    cast(null as timestamp) as end_at
from (
    {% for stage in ["accepted", "sql", "opportunity", "proposal"] -%}
    select handoff_key, '{{ stage }}' as funnel_stage, {{ stage }}_at as start_at from {{ ref("stg_files__handoffs") }}
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}
) as stages
inner join {{ ref("int_file_opportunities") }} as listed
    on stages.handoff_key = listed.handoff_key and listed.is_primary
where stages.start_at is not null
