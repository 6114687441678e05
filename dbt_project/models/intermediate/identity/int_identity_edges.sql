-- The links that no guard refused, both directions, each pair once with its strongest rule (0 = by hand).
with kept as (
    select
        node_no,
        other_no,
        strength
    from {{ ref("int_identity_links") }}
    where refusal_reason is null
    union all
    select
        other_no as node_no,
        node_no as other_no,
        strength
    from {{ ref("int_identity_links") }}
    where refusal_reason is null
)

select
    node_no,
    other_no,
    min(strength) as strength
from kept
group by node_no, other_no
