-- Why passages were given back (rejected: before the SQL) or lost (after it), by month of closing and by what marketing
-- and sales can act on. A closing without a reason keeps a null reason: it breaks the agreement and must show.
with closed as (
    select
        h.*,
        {{ period_start('month', 'h.closed_date') }} as period_start,
        f.furthest_no
    from {{ ref('fct_handoffs') }} as h
    left join (select distinct handoff_id, furthest_no from {{ ref('int_handoff_stages') }}) as f
        on h.handoff_id = f.handoff_id
    where h.status in ('rejected', 'lost')
),

reasons as (
    select agreement_version, reason_code, title_pt, title_en from {{ ref('stg_agreement__reasons') }}
)

select
    c.period_start, c.status, c.rejection_reason,
    coalesce(max(r.title_pt), '(sem motivo)') as reason_title_pt,
    coalesce(max(r.title_en), '(no reason)') as reason_title_en,
    c.next_step, c.channel, c.campaign_id, c.temperature, c.seller_id,
    {{ stage_name('c.furthest_no') }} as furthest_stage,
    count(*) as handoffs,
    count(c.first_contact_at) as contacted,
    count(c.returned_at) as returned
from closed as c
left join reasons as r on c.agreement_version = r.agreement_version and c.rejection_reason = r.reason_code
group by c.period_start, c.status, c.rejection_reason, c.next_step, c.channel, c.campaign_id, c.temperature, c.seller_id,
    c.furthest_no
