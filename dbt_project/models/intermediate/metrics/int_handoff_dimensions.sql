-- What the headline metrics are told by: every hand-over stands once among `all`, once in its channel and once in the team
-- of its seller as last observed. What no source tells is `unknown`.
select handoff_id, 'all' as dimension, 'all' as value
from {{ ref('int_handoffs') }}
union all
select handoff_id, 'channel', coalesce(channel, 'unknown')
from {{ ref('int_handoffs') }}
union all
select h.handoff_id, 'team', coalesce(s.team_name, 'unknown')
from {{ ref('int_handoffs') }} as h
left join {{ ref('dim_sellers') }} as s on h.seller_id = s.seller_id
