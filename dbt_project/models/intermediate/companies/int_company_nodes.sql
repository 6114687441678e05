{{ config(
    pre_hook="{{ decide_companies(ref('int_company_links'), 'intermediate.int_company_work') }}",
    post_hook="drop table if exists intermediate.int_company_work_parts",
) }}
-- The company of every record that stands for one: by CNPJ root, else by what its domain links it to, else the record itself.
-- Where somebody decided by hand, a company is named after the CNPJ root of the record with one that was loaded first, without
-- any after its first record; of parts with the same root the one with the oldest record of it keeps the name.
with records as (
    {{ company_records() | indent(4) }}
),

members as (
    select
        records.node,
        records.node_no,
        records.cnpj_root,
        parts.label as part,
        row_number() over (
            partition by parts.label order by case when records.cnpj_root is null then 1 else 0 end asc, records.node_no asc
        ) as place
    from intermediate.int_company_work_parts as parts
    inner join records on parts.node_no = records.node_no
),

names as (
    select
        part,
        'cnpj:' || cnpj_root as company_key,
        row_number() over (partition by cnpj_root order by node_no asc) as claim
    from members
    where place = 1 and cnpj_root is not null
),

decided as (
    select
        members.node,
        coalesce(names.company_key, first_records.node) as company_key
    from members
    inner join records as first_records on members.part = first_records.node_no
    left join names on members.part = names.part and names.claim = 1
)

select
    records.node,
    {{ hash_id("coalesce(decided.company_key, 'cnpj:' || coalesce(records.cnpj_root, links.cnpj_root), links.other_node, records.node)") }} as company_id
from records
left join decided on records.node = decided.node
left join {{ ref("int_company_links") }} as links
    on records.node = links.node and links.rule = 'corporate_domain' and links.refusal_reason is null
