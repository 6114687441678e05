-- One row per seller: the CRM's users, and every seller id that a fact carries without one (exported files, users who
-- were removed), so that no fact points at nobody.
with users as (
    select
        {{ seller_id('user_id') }} as seller_id,
        user_id, name, email, active, team_name
    from {{ crm("users") }}
),

seen as (
    select seller_id, source_system from {{ ref('int_opportunities') }}
    union
    select seller_id, source_system from {{ ref('int_handoffs') }}
    union
    select seller_id, source_system from {{ ref('int_contact_attempts') }}
),

unknown as (
    select s.seller_id, min(s.source_system) as source_system
    from seen as s
    left join users as u on s.seller_id = u.seller_id
    where s.seller_id is not null and u.seller_id is null
    group by s.seller_id
),

sellers as (
    select seller_id, '{{ crm_system() }}' as source_system, user_id, name, email, active as is_active, team_name
    from users
    union all
    select seller_id, source_system, null, null, null, null, null
    from unknown
)

-- The label stands in for the name, which is personal and stays out of the published file by default.
select
    seller_id, upper(substr(seller_id, 1, 6)) as seller_label, source_system, user_id, name, email, is_active, team_name
from sellers
