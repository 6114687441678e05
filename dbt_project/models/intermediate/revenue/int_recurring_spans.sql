-- Monthly amounts with the days they were in force, from sale contracts of the ERP (contracts/protheus.md 2.2): each
-- recurring sheet of each revision, from its signature (the first revision: from the contract's start) until the next
-- revision. A cancelled or ended contract counts until its end; a paused one until it was last measured, as the ERP keeps
-- no day of the pause; one in force goes on behind its planned end, as its measurements do. Drafts never count. Only where
-- the ERP holds no such contract do the monthly amounts of won deals stand in: the CRM records no end, and no change.
with revisions as (
    select
        *,
        case when row_number() over (
            partition by company_group, cn9_filial, cn9_numero order by coalesce(cn9_revisa, '')
        ) = 1 then cn9_dtinic else greatest(cn9_dtinic, coalesce(cn9_dtassi, cn9_dtinic)) end as since
    from {{ ref('stg_protheus__cn9') }}
    where is_sale and contract_status not in ('draft', 'issued', 'approval')
),

dated as (
    select
        *,
        lead(since) over (
            partition by company_group, cn9_filial, cn9_numero order by coalesce(cn9_revisa, '')
        ) as next_since
    from revisions
),

contracts as (
    select
        'contract' as basis,
        coalesce(
            c.account_id, {{ hash_id(erp_node('s.company_group', 's.cna_filial', 's.cna_client', 's.cna_lojacl')) }}
        ) as account_id,
        c.company_id,
        {{ money_part('s.cna_vltot', 's.cna_qtdrec') }} as amount,
        d.since,
        coalesce(
            d.next_since,
            case when d.contract_status in ('cancelled', 'ended', 'revised') then coalesce(d.cn9_dtfim, s.cna_ultmed)
                when d.contract_status = 'paused' then coalesce(s.cna_ultmed, d.since) end
        ) as until,
        d.cn9_dtfim as planned_end
    from dated as d
    inner join {{ ref('stg_protheus__cna') }} as s
        on d.company_group = s.company_group
        and coalesce(d.cn9_filial, '') = coalesce(s.cna_filial, '')
        and d.cn9_numero = s.cna_contra
        and coalesce(d.cn9_revisa, '') = coalesce(s.cna_revisa, '')
        and s.is_recurring
    left join {{ ref('int_erp_customers') }} as c
        on s.company_group = c.company_group
        and s.cna_client = c.a1_cod
        and coalesce(s.cna_lojacl, '') = coalesce(c.a1_loja, '')
        and {{ branch_matches('c.a1_filial', 's.cna_filial') }}
)

select basis, account_id, company_id, amount, since, until, planned_end from contracts
union all
select
    'crm_amount', coalesce(company_id, person_id, opportunity_id), company_id, amount_recurring, closed_date,
    cast(null as date), cast(null as date)
from {{ ref('int_opportunities') }}
where outcome = 'won' and not is_copy and amount_recurring > 0 and closed_date is not null
    and not exists (select 1 from contracts)
