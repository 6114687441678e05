-- Sales opportunities of the ERP, live rows; the last revision of each number is the one that counts.
select
    company_group,
    recno,
    stamped_at,
    ad1_filial,
    ad1_nropor,
    ad1_revisa,
    ad1_descri,
    ad1_data,
    ad1_hora,
    ad1_user,
    ad1_vend,
    ad1_dtini,
    ad1_dtfim,
    ad1_dtpfim,
    ad1_prospe,
    ad1_lojpro,
    ad1_codcli,
    ad1_lojcli,
    ad1_proven,
    ad1_stage,
    ad1_verba,
    ad1_moeda,
    ad1_prior,
    ad1_status,
    ad1_fcs,
    ad1_fci,
    ad1_encerr,
    ad1_comuni,
    ad1_canal,
    ad1_tpcamp,
    ad1_chvcam,
    ad1_numorc,
    ad1_propos,
    ad1_dtassi,
    ad1_msblql,
    case ad1_status
        when '1' then 'open'
        when '2' then 'lost'
        when '3' then 'suspended'
        when '9' then 'won'
    end as opportunity_status,
    row_number() over (
        partition by company_group, ad1_filial, ad1_nropor
        order by ad1_revisa desc nulls last, recno desc nulls last
    ) = 1 as is_current_revision
from {{ latest_rows(source("raw_protheus", "ad1"), "company_group, recno") }} as ad1
where not coalesce(is_deleted, false)
