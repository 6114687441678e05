-- What each month brought and cost, by where it came from: one amount per measure. Steps count in the month they happened, by
-- the lead's first known source or the hand-over's own; revenue by month of the movement and its touches; cost by its day.
with born as (
    select
        h.handoff_id, h.campaign_id, h.channel, b.conversion_identifier as form, h.mql_date,
        {{ sql_date("h.sql_at", "h.won_date") }} as sql_date,
        -- This step or a later one; nulls do not count.
        least({{ local_date("h.opportunity_at") }}, {{ local_date("h.proposal_at") }}, h.won_date) as opportunity_date,
        h.won_date
    from {{ ref("int_handoffs") }} as h
    left join {{ ref("int_handoff_conversions") }} as b on h.handoff_id = b.handoff_id
),

facts as (
    select 'leads' as measure, lead_date as day, 'fact' as kind, campaign_id, channel, form, cast(1 as decimal(18, 2)) as amount
    from {{ ref("int_leads") }}
    {%- for measure, day in [("mqls", "mql_date"), ("sqls", "sql_date"), ("opportunities", "opportunity_date"), ("won", "won_date")] %}
    union all
    select '{{ measure }}', {{ day }}, 'fact', campaign_id, channel, form, cast(1 as decimal(18, 2))
    from born where {{ day }} is not null
    {%- endfor %}
    union all
    select 'revenue_' || model, occurred_on, case when bucket = 'attributed' then 'fact' else bucket end,
        campaign_id, channel, form, attributed_amount
    from {{ ref("fct_attribution") }}
    union all
    select 'media_cost', spent_on, 'cost', campaign_id, channel, null, amount
    from {{ ref("fct_media_cost") }}
)

select
    measure, {{ period_start("month", "day") }} as month, kind, campaign_id, channel, form,
    cast(sum(amount) as decimal(18, 2)) as amount
from facts
group by 1, 2, 3, 4, 5, 6
