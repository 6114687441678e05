-- Every movement of money that counts, from the ERP and from files, with its company. Payments are not revenue.
with movements as (
    select
        movement_id, 'protheus' as source_system, company_group, branch_id, document, customer_code, customer_store,
        'invoice' as kind, amount, amount as signed_amount, cast(null as decimal(18, 2)) as principal_amount, occurred_on,
        order_ref, cast(null as {{ dbt.type_string() }}) as origin_movement_id
    from {{ ref('int_revenue_invoice_items') }}
    union all
    select
        movement_id, 'protheus', company_group, branch_id, document, customer_code, customer_store,
        'return', amount, -amount, null, occurred_on, order_ref, origin_movement_id
    from {{ ref('int_revenue_return_items') }}
    union all
    select
        movement_id, 'protheus', company_group, branch_id, document, customer_code, customer_store,
        'payment', amount, amount, principal_amount, occurred_on, order_ref, null
    from {{ ref('int_revenue_payments') }}
),

files as (
    select
        'files:movement:' || m.movement_key as movement_id,
        n.company_id,
        m.kind,
        m.amount,
        case when m.kind = 'return' then -m.amount else m.amount end as signed_amount,
        m.kind in ('invoice', 'return') as is_revenue,
        m.currency,
        m.occurred_on,
        coalesce(m.is_sample, false) as is_sample
    from {{ ref('stg_files__movements') }} as m
    left join {{ ref('int_company_nodes') }} as n on n.node = 'files:' || m.company_key
    where m.occurred_on <= {{ local_date(as_of()) }}
)

select
    m.movement_id, m.source_system, m.company_group, m.branch_id, m.document, c.company_id, m.kind,
    cast(m.amount as decimal(18, 2)) as amount,
    cast(m.signed_amount as decimal(18, 2)) as signed_amount,
    cast(m.principal_amount as decimal(18, 2)) as principal_amount,
    m.kind <> 'payment' as is_revenue,
    '{{ var("currency") }}' as currency,
    m.occurred_on, m.order_ref, m.origin_movement_id, false as is_sample
from movements as m
left join {{ ref('int_erp_customers') }} as c
    on m.company_group = c.company_group
    and m.customer_code = c.a1_cod
    and coalesce(m.customer_store, '') = coalesce(c.a1_loja, '')
    and {{ branch_matches('c.a1_filial', 'm.branch_id') }}
union all
select
    movement_id, 'files', null, null, null, company_id, kind, amount, signed_amount, null, is_revenue, currency,
    occurred_on, null, null, is_sample
from files
