-- Won hand-overs with the value that the ERP invoiced for them, as it is matched now. One without an invoice waits for it as
-- long as bastao.yaml says, and goes with the CRM's amount afterwards only where bastao.yaml allows it. When less is invoiced
-- than RD Station was told (an invoice was cancelled, goods came back), a correction appears: for a person, since no event
-- takes a sale back (docs/decisions/0011).
with sold as (
    select
        h.handoff_id, h.person_id, h.closing_opportunity_id, h.won_at, p.email, p.contact_uuid, p.consent_status,
        p.is_forgotten, p.is_new, r.first_invoice_on, r.invoiced_amount,
        case
            when r.invoiced_amount > 0 then 'invoiced'
            when r.first_invoice_on is null and o.amount > 0 and '{{ var("sale_without_invoice") }}' = 'crm_amount'
                and h.won_at <= {{ add_seconds(as_of(), -86400 * var('sale_invoice_wait_days') | int) }} then 'crm_amount'
        end as basis,
        o.amount
    from {{ ref('int_handoffs') }} as h
    inner join {{ ref('int_opportunities') }} as o on h.closing_opportunity_id = o.opportunity_id
    inner join {{ ref('int_status_people') }} as p on h.person_id = p.person_id
    left join {{ ref('int_handoff_revenue') }} as r on h.handoff_id = r.handoff_id
    where h.status = 'won' and h.won_at >= {{ go_live() }} and o.source_system <> 'files'
),

-- Whether the contact was a client before the sale, and became one with it.
clients as (
    select
        s.handoff_id,
        max(case when c.observed_at < s.won_at then 1 else 0 end) = 1 as client_before,
        max(case when c.observed_at >= s.won_at then 1 else 0 end) = 1 as client_since
    from sold as s
    inner join {{ ref('int_lifecycle_observations') }} as c
        on s.contact_uuid = c.contact_uuid and c.lifecycle_stage = 'Client'
    group by s.handoff_id
),

-- What RD Station was told of each sale, and the corrections that a person settled since, in order.
told as (
    select
        subject_id, value, reason_code,
        case when occurrence = '1' then 0 else cast(replace(occurrence, 'cancelled:', '') as bigint) end as step
    from {{ ref('stg_deliveries__outbox') }}
    where
        sync = 'sale' and value is not null
        and (
            state in ('accepted', 'confirmed')
            or (occurrence = '1' and sent_at is not null and state in ('sending', 'held'))
            or (occurrence <> '1' and state = 'dead')
        )
),

last_told as (
    select subject_id, value, step
    from (select *, row_number() over (partition by subject_id order by step desc nulls last) as place from told) as steps
    where place = 1 and reason_code = 'invoiced'
),

sales as (
    select
        s.*, '1' as occurrence, s.won_at as happened_at, coalesce(c.client_before, false) as client_before,
        case s.basis when 'invoiced' then s.invoiced_amount when 'crm_amount' then s.amount end as value,
        case
            when s.is_forgotten then 'forgotten'
            when c.client_since and not c.client_before then 'already_shown'
            when s.email is null then 'no_email'
            when s.is_new then 'contact_too_new'
            when s.consent_status = 'declined' then 'consent_declined'
            when s.basis is not null then null
            when s.first_invoice_on is null then 'waiting_invoice'
            else 'invoice_cancelled'
        end as refusal_reason
    from sold as s
    left join clients as c on s.handoff_id = c.handoff_id
),

corrections as (
    select
        s.*, 'cancelled:' || {{ as_text('t.step + 1') }} as occurrence, {{ as_of() }} as happened_at, true as client_before,
        coalesce(s.invoiced_amount, 0) as value,
        'sale_to_correct' as refusal_reason
    from sold as s
    inner join last_told as t on s.closing_opportunity_id = t.subject_id
    where coalesce(s.invoiced_amount, 0) < t.value
)

select
    'sale' as sync,
    closing_opportunity_id as subject_id,
    occurrence, handoff_id, person_id, email, contact_uuid, client_before, happened_at,
    case when occurrence = '1' then basis else 'invoiced' end as reason_code,
    consent_status,
    cast(1 as bigint) as priority,
    cast(value as decimal(18, 2)) as value,
    refusal_reason is null as eligible,
    refusal_reason
from (select * from sales union all select * from corrections) as both_kinds
