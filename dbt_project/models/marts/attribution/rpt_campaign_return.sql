-- What each campaign, channel, form and content brought and cost, per month and over all: by the month in which it happened,
-- so cost and the sales it leads to may stand in different months. Unknown is null with a reason, never zero.
{%- set counts = ["leads", "mqls", "sqls", "opportunities", "won"] %}
{%- set dimensions = [("campaign", "r.campaign_id"), ("channel", "r.channel"), ("form", "r.form"), ("content", "p.name")] %}
with placed as (
    {%- for dimension, value in dimensions %}
    select
        r.measure, r.month, r.amount, '{{ dimension }}' as dimension,
        case when r.kind <> 'unattributed' then {{ value }} end as value,
        case
            when r.kind = 'unattributed' then 'unattributed'
            when {{ value }} is not null then 'value'
            when r.kind = 'cost' then 'unmatched_cost'
            else 'none'
        end as bucket
    from {{ ref("int_campaign_results") }} as r
    {%- if dimension == "content" %}
    left join {{ ref("int_pages") }} as p on r.form = p.identifier
    {%- endif %}
    {%- if dimension in ("form", "content") %}
    where r.kind <> 'cost'
    {%- endif %}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

periods as (
    select 'month' as period, month as period_start, p.* from placed as p
    union all
    select 'all', (select min(month) from placed), p.* from placed as p
),

summed as (
    select
        period, period_start, dimension, bucket, value,
        {%- for measure in counts %}
        cast(sum(case when measure = '{{ measure }}' then amount else 0 end) as bigint) as {{ measure }},
        {%- endfor %}
        {%- for model in attribution_models() %}
        cast(sum(case when measure = 'revenue_{{ model }}' then amount else 0 end) as decimal(18, 2)) as revenue_{{ model }},
        {%- endfor %}
        cast(sum(case when measure = 'media_cost' then amount end) as decimal(18, 2)) as billed
    from periods
    group by period, period_start, dimension, bucket, value
),

accounts as (
    select platform, account_id, min(spent_on) as first_day, max(spent_on) as last_day
    from {{ ref("fct_media_cost") }} group by platform, account_id
),

-- Between the first and the last day of its accounts' exports a campaign without a line cost nothing. Elsewhere nobody knows.
spans as (
    {%- for dimension, value in [("campaign", "c.campaign_id"), ("channel", "c.channel")] %}
    select
        '{{ dimension }}' as dimension, {{ value }} as value,
        {{ period_start("month", "min(a.first_day)") }} as first_month, max(a.last_day) as last_day
    from {{ ref("fct_media_cost") }} as c
    inner join accounts as a on c.platform = a.platform and c.account_id = a.account_id
    where {{ value }} is not null
    group by {{ value }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

known as (
    select
        s.*,
        case
            when s.billed is not null then s.billed
            when s.period = 'month' and s.period_start between x.first_month and x.last_day then cast(0 as decimal(18, 2))
        end as media_cost,
        s.period = 'month' and cast(s.period_start + interval '1' month as date) <= {{ local_date(as_of()) }} as is_over,
        exists (select 1 from {{ ref("int_leads") }}) as records_leads,
        exists (select 1 from {{ ref("fct_attribution") }}) as records_revenue,
        exists (select 1 from {{ ref("fct_media_cost") }}) as records_cost
    from summed as s
    left join spans as x on s.dimension = x.dimension and s.value = x.value
),

judged as (
    select
        *,
        case when records_leads then leads end as known_leads,
        case
            when not records_revenue then 'no_revenue'
            when bucket in ('unattributed', 'unmatched_cost') then bucket
            when dimension in ('form', 'content') then 'cost_not_by_form'
            when not records_cost then 'no_media_cost'
            when bucket = 'none' then 'no_campaign'
            when media_cost is null then 'cost_unknown'
            when media_cost = 0 then 'no_cost'
        end as not_judged
    from known
)

select
    j.period, j.period_start, j.dimension, j.bucket, j.value,
    case when j.dimension = 'campaign' then c.campaign_name else j.value end as label,
    j.known_leads as leads,
    j.mqls, j.sqls, j.opportunities, j.won,
    {%- for model in attribution_models() %}
    case when j.records_revenue then j.revenue_{{ model }} end as revenue_{{ model }},
    {%- endfor %}
    j.media_cost,
    {{ money_per("j.media_cost", "j.known_leads") }} as cost_per_lead,
    {{ money_per("j.media_cost", "j.mqls") }} as cost_per_mql,
    {{ money_per("j.media_cost", "j.sqls") }} as cost_per_sql,
    {%- for model in attribution_models() %}
    case when j.not_judged is null then {{ signed_ratio(cents("j.revenue_" ~ model), cents("j.media_cost")) }} end
        as return_{{ model }},
    {%- endfor %}
    case when j.not_judged is not null then 'not_judgeable' when j.period = 'month' and not j.is_over then 'running'
        else 'judged' end as status,
    j.not_judged as reason,
    j.is_over,
    '{{ var("currency") }}' as currency
from judged as j
left join {{ ref("dim_campaigns") }} as c on j.dimension = 'campaign' and j.value = c.campaign_id
