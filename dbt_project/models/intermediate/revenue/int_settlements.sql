-- What settled a title: money or an offset (CMP). A settlement is undone in three ways (contracts/protheus.md 2.2): its row
-- is deleted, its situation says so, or a live ES row repeats its key and sequence while the row itself stays as it was.
-- E5_VALOR holds interest and fine and is net of discount: the principal stands beside it. Interest, fine and discount
-- have rows of their own, which are never added again.
with movements as (
    select
        *,
        {{ title_key('e5_filial', 'e5_prefixo', 'e5_numero', 'e5_parcela', 'e5_tipo', 'e5_clifor', 'e5_loja') }} as title_key
    from {{ ref('stg_protheus__se5') }}
),

reversals as (
    select distinct company_group, title_key, coalesce(e5_seq, '') as e5_seq
    from movements
    where e5_tipodoc = 'ES'
)

select
    m.company_group,
    m.recno,
    m.title_key,
    m.e5_filial as branch_id,
    m.e5_numero as document,
    m.e5_tipo as title_type,
    m.e5_clifor as customer_code,
    m.e5_loja as customer_store,
    m.e5_data as settled_on,
    coalesce(m.e5_motbx, '') <> 'CMP' as is_money,
    m.e5_valor as amount,
    m.e5_valor - coalesce(m.e5_vljuros, 0) - coalesce(m.e5_vlmulta, 0) + coalesce(m.e5_vldesco, 0) as principal_amount
from movements as m
left join reversals as r
    on m.company_group = r.company_group and m.title_key = r.title_key and coalesce(m.e5_seq, '') = r.e5_seq
where
    m.e5_recpag = 'R'
    and m.e5_tipodoc in ('VL', 'BA')
    and coalesce(m.e5_situaca, '') not in ('C', 'E', 'X')
    and r.title_key is null
    and m.e5_data <= {{ local_date(as_of()) }}
