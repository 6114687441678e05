-- Money received on invoices. A settlement is undone in three ways (contracts/protheus.md 2.2): its row is deleted, its
-- situation says so, or a live ES row repeats its key and sequence while the row itself stays as it was. Offsets (CMP)
-- are no money. E5_VALOR holds interest and fine and is net of discount: the principal stands beside it.
with movements as (
    select
        *,
        coalesce(e5_filial, '') || '|' || coalesce(e5_prefixo, '') || '|' || coalesce(e5_numero, '') || '|'
        || coalesce(e5_parcela, '') || '|' || coalesce(e5_tipo, '') || '|' || coalesce(e5_clifor, '') || '|'
        || coalesce(e5_loja, '') as title_key
    from {{ ref('stg_protheus__se5') }}
),

reversals as (
    select distinct company_group, title_key, coalesce(e5_seq, '') as e5_seq
    from movements
    where e5_tipodoc = 'ES'
),

titles as (
    select
        company_group,
        coalesce(e1_filial, '') || '|' || coalesce(e1_prefixo, '') || '|' || coalesce(e1_num, '') || '|'
        || coalesce(e1_parcela, '') || '|' || coalesce(e1_tipo, '') || '|' || coalesce(e1_cliente, '') || '|'
        || coalesce(e1_loja, '') as title_key,
        min(e1_filial || '-' || e1_pedido) as order_ref
    from {{ ref('stg_protheus__se1') }}
    group by 1, 2
)

select
    'se5:' || m.company_group || ':' || {{ as_text('m.recno') }} as movement_id,
    m.company_group,
    m.e5_filial as branch_id,
    m.e5_numero as document,
    m.e5_clifor as customer_code,
    m.e5_loja as customer_store,
    m.e5_valor as amount,
    m.e5_valor - coalesce(m.e5_vljuros, 0) - coalesce(m.e5_vlmulta, 0) + coalesce(m.e5_vldesco, 0) as principal_amount,
    m.e5_data as occurred_on,
    t.order_ref
from movements as m
left join reversals as r
    on m.company_group = r.company_group and m.title_key = r.title_key and coalesce(m.e5_seq, '') = r.e5_seq
left join titles as t on m.company_group = t.company_group and m.title_key = t.title_key
where
    m.e5_recpag = 'R'
    and m.e5_tipodoc in ('VL', 'BA')
    and m.e5_tipo = 'NF'
    and coalesce(m.e5_situaca, '') not in ('C', 'E', 'X')
    and coalesce(m.e5_motbx, '') <> 'CMP'
    and r.title_key is null
    and m.e5_data <= {{ local_date(as_of()) }}
