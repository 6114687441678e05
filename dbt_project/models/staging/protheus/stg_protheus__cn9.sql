-- Contracts, live rows; one row per revision.
select
    company_group,
    recno,
    stamped_at,
    cn9_filial,
    cn9_numero,
    cn9_revisa,
    cn9_revatu,
    cn9_espctr,
    cn9_situac,
    cn9_tpcto,
    cn9_dtinic,
    cn9_dtfim,
    cn9_dtassi,
    cn9_condpg,
    cn9_vlini,
    cn9_vlatu,
    cn9_saldo,
    cn9_propos,
    cn9_prorev,
    case cn9_situac
        when '01' then 'cancelled'
        when '02' then 'draft'
        when '03' then 'issued'
        when '04' then 'approval'
        when '05' then 'in_force'
        when '06' then 'paused'
        when '07' then 'end_requested'
        when '08' then 'ended'
        when '09' then 'under_revision'
        when '10' then 'revised'
    end as contract_status,
    coalesce(cn9_espctr, '') = '2' as is_sale,
    cn9_revatu is null as is_current_revision
from {{ latest_rows(source("raw_protheus", "cn9"), "company_group, recno") }} as cn9
where not coalesce(is_deleted, false)
