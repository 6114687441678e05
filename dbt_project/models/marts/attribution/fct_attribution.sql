-- Revenue shared out among the touches of its hand-over, once per model. The shares of a movement sum to it, to the cent:
-- each is the difference of two running totals rounded down, the last one being the whole (a return mirrors its sale).
-- What nobody's touch explains keeps a row of its own with the reason: attributed + unattributed = revenue.
with movements as (
    select
        movement_id, handoff_id, match_rule, signed_amount, currency, occurred_on, is_sample,
        cast(abs(signed_amount) * 100 as bigint) as cents,
        case when signed_amount < 0 then -1 else 1 end as direction
    from {{ ref("fct_revenue") }}
    where is_revenue
),

shares as (
    select
        m.movement_id, w.model, w.touchpoint_id, w.weight, m.direction,
        {{ share_so_far("m.cents", "w.weight_so_far", 1000000) }} as cents_so_far,
        {{ share_so_far("m.cents", "(w.weight_so_far - w.weight)", 1000000) }} as cents_before
    from movements as m
    inner join {{ ref("int_attribution_weights") }} as w on m.handoff_id = w.handoff_id
),

models as (
    {%- for model in attribution_models() %}
    select '{{ model }}' as model{{ " union all" if not loop.last }}
    {%- endfor %}
),

touched as (
    select distinct handoff_id from {{ ref("fct_touchpoints") }}
),

rows_ as (
    select
        movement_id, model, touchpoint_id, cast(weight * 0.000001 as decimal(18, 6)) as weight,
        cast((cents_so_far - cents_before) * direction * 0.01 as decimal(18, 2)) as attributed_amount,
        cast(null as {{ dbt.type_string() }}) as unattributed_reason
    from shares
    union all
    select
        m.movement_id, a.model, null, cast(1 as decimal(18, 6)), m.signed_amount,
        case when m.handoff_id is not null then 'no_touchpoint' when m.match_rule = 'ambiguous' then 'ambiguous'
            else 'no_handoff' end
    from movements as m
    cross join models as a
    left join touched as t on m.handoff_id = t.handoff_id
    where t.handoff_id is null
)

select
    {{ hash_id("r.movement_id || '|' || r.model || '|' || coalesce(r.touchpoint_id, 'unattributed')") }} as attribution_id,
    r.movement_id, r.model, r.touchpoint_id, m.handoff_id,
    case when r.touchpoint_id is null then 'unattributed' else 'attributed' end as bucket,
    r.unattributed_reason, t.campaign_id, t.channel, t.form, t.content, r.weight, r.attributed_amount, m.currency,
    m.occurred_on, m.is_sample
from rows_ as r
inner join movements as m on r.movement_id = m.movement_id
left join {{ ref("fct_touchpoints") }} as t on r.touchpoint_id = t.touchpoint_id
