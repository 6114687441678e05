-- Invoice items whose TES is not among the types loaded: nobody can say whether they are revenue, so they are not
-- counted. They must be few, and somebody has to look.
{{ config(severity='warn') }}
select i.company_group, i.recno, i.d2_tes
from {{ ref('stg_protheus__sd2') }} as i
left join {{ ref('stg_protheus__sf4') }} as t on i.company_group = t.company_group and i.d2_tes = t.f4_codigo
where t.f4_codigo is null
