-- Every look at a lead or opportunity, and every change of owner that the org tracks (with the instant of the change, which
-- is exact; the first also tells who owned it from its creation on). A queue is no owner. A look that found no rating has 0:
-- null is where nobody looked.
with looks as (
    select lead_id as record_id, owner_id, coalesce(rating, 0) as rating, updated_at, observed_at, load_seq, row_seq
    from {{ source("raw_salesforce", "leads") }}
    where not coalesce(is_deleted, false) and not coalesce(is_converted, false)
    union all
    select opportunity_id, owner_id, coalesce(rating, 0), updated_at, observed_at, load_seq, row_seq
    from {{ source("raw_salesforce", "opportunities") }}
    where not coalesce(is_deleted, false)
    union all
    select record_id, new_value, cast(null as bigint), created_at, created_at, load_seq, row_seq
    from {{ latest_rows(source("raw_salesforce", "field_history"), "history_id") }} as changes
    where field = 'Owner'
    union all
    select firsts.record_id, firsts.old_value, cast(null as bigint), leads.created_at, leads.created_at, firsts.load_seq, firsts.row_seq
    from (
        select changes.*, row_number() over (partition by record_id order by created_at asc, history_id asc) as change_no
        from {{ latest_rows(source("raw_salesforce", "field_history"), "history_id") }} as changes
        where field = 'Owner'
    ) as firsts
    inner join {{ latest_rows(source("raw_salesforce", "leads"), "lead_id") }} as leads on firsts.record_id = leads.lead_id
    where firsts.change_no = 1 and firsts.created_at > leads.created_at
)

select
    keys.deal_id,
    {{ salesforce_user("looks.owner_id") }} as user_id,
    looks.rating,
    {{ trunc_second("looks.updated_at") }} as updated_at,
    {{ trunc_second("looks.observed_at") }} as observed_at,
    looks.load_seq,
    looks.row_seq
from looks
inner join {{ ref("stg_salesforce__deal_keys") }} as keys on looks.record_id = keys.record_id
where looks.load_seq <= {{ known_at() }}
