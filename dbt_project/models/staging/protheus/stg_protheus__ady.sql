-- Commercial proposals, live rows only.
select
    company_group,
    recno,
    stamped_at,
    ady_filial,
    ady_propos,
    ady_previs,
    ady_oportu,
    ady_revisa,
    ady_entida,
    ady_codigo,
    ady_loja,
    ady_tabela,
    ady_orcame,
    ady_status,
    ady_data,
    ady_vend,
    ady_condpg,
    ady_dtapro,
    ady_dtpdv,
    ady_dtfat,
    ady_dtrepr,
    ady_mtrepr,
    case ady_entida when '1' then 'customer' when '2' then 'prospect' end as account_kind,
    case ady_status
        when 'A' then 'open'
        when 'B' then 'closed'
        when 'C' then 'cancelled'
        when 'D' then 'not_approved'
        when 'E' then 'approved'
        when 'F' then 'blocked'
        when 'G' then 'upload_pending'
        when 'H' then 'under_analysis'
        when 'I' then 'contract_generated'
        when 'J' then 'order_generated'
        when 'K' then 'invoiced'
        else case when ady_status is not null then 'other' end
    end as proposal_status
from {{ latest_rows(source("raw_protheus", "ady"), "company_group, recno") }} as ady
where not coalesce(is_deleted, false)
