-- Conservation: by every model the shares of a movement, with the unattributed bucket, are that movement to the cent.
with models as (
{%- for model in attribution_models() %}
    select '{{ model }}' as model{{ " union all" if not loop.last }}
{%- endfor %}
),

shared as (
    select movement_id, model, sum(attributed_amount) as amount, sum(weight) as weight
    from {{ ref('fct_attribution') }}
    group by movement_id, model
)

select r.movement_id, m.model, r.signed_amount, s.amount, s.weight
from {{ ref('fct_revenue') }} as r
cross join models as m
full outer join shared as s on r.movement_id = s.movement_id and m.model = s.model
where coalesce(r.is_revenue, true) and (s.amount is null or r.signed_amount is null or s.amount <> r.signed_amount or s.weight <> 1)
