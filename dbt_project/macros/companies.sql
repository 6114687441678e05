{#- Records that stand for a company, and what people decided about them (mappings/companies.yaml). -#}

{#- Every record of a company: node, cnpj_root, domain, first_load_seq (null of exported lists, which come last), node_no in the
    order of loading. A customer of the ERP without a CNPJ (a natural person, a foreign buyer) is one when somebody merged it
    with another record. -#}
{% macro company_records() -%}
{%- set customer = erp_node("coalesce(company_group, '')", "a1_filial", "a1_cod", "a1_loja") -%}
select
    node,
    cnpj_root,
    domain,
    first_load_seq,
    row_number() over (order by first_load_seq asc nulls last, node asc) as node_no
from (
    select
        'org:' || organization_id as node,
        cnpj_root,
        lower(domain) as domain,
        first_load_seq
    from {{ crm("organizations") }}

    union all

    select
        {{ customer }} as node,
        max(a1_cnpj_root) as cnpj_root,
        {{ no_text() }} as domain,
        min(first_load_seq) as first_load_seq
    from {{ ref("stg_protheus__sa1") }}
    where
        a1_cnpj_root is not null
        or {{ customer }} in (select node from {{ ref("stg_agreement__company_merges") }})
    group by 1

    union all

    select
        'files:' || company_key as node,
        {{ no_text() }} as cnpj_root,
        {{ no_text() }} as domain,
        cast(null as bigint) as first_load_seq
    from (
        select company_key from {{ ref("stg_files__deals") }}
        union
        select company_key from {{ ref("stg_files__movements") }}
    ) as listed
    where company_key is not null
) as known
{%- endmacro %}

{#- The components that decisions by hand touch, contradictions resolved as those of people (resolve_contradictions): leaves
    `<prefix>_parts` (node_no, label = the first record of the part). Without a decision it is empty, and nothing else is done.
    `links`: int_company_links. Runs as a pre-hook. -#}
{% macro decide_companies(links, prefix) -%}
{%- if execute and flags.WHICH in ('run', 'build', 'retry') -%}
    {%- set by_hand = links ~ " where rule in ('manual_merge', 'manual_split') and node_no is not null and other_no is not null" -%}
    {%- set whole, edges, seeds, parts = prefix ~ '_all', prefix ~ '_edges', prefix ~ '_seeds', prefix ~ '_parts' -%}
    {%- for table in [edges, seeds, parts] %}{% do run_query('drop table if exists ' ~ table) %}{% endfor -%}
    {%- if run_query('select count(*) from ' ~ by_hand).columns[0].values()[0] == 0 -%}
        {%- do run_query('create table ' ~ parts ~ ' as select node_no, other_no as label from ' ~ links ~ ' where 1 = 0') -%}
    {%- else -%}
        {%- do run_query(
            'create table ' ~ edges ~ ' as select node_no, other_no, min(strength) as strength from ('
            ~ 'select node_no, other_no, strength from ' ~ links ~ ' where refusal_reason is null union all '
            ~ 'select other_no as node_no, node_no as other_no, strength from ' ~ links ~ ' where refusal_reason is null'
            ~ ') as kept group by node_no, other_no') -%}
        {{ propagate_labels(edges, whole) }}
        {#- A colour is the hub of a merger, or the record itself; records told apart that nothing joins need none. -#}
        {%- do run_query(
            'create table ' ~ seeds ~ ' as select distinct own.node_no, own.label, coalesce(merges.other_no, own.node_no) as colour from ('
            ~ "select node_no, other_no from " ~ links ~ " where rule = 'manual_split' union all "
            ~ "select other_no as node_no, node_no as other_no from " ~ links ~ " where rule = 'manual_split'"
            ~ ') as apart inner join ' ~ whole ~ '_labels as own on apart.node_no = own.node_no inner join ' ~ whole
            ~ '_labels as other on apart.other_no = other.node_no and own.label = other.label left join ' ~ links
            ~ " as merges on own.node_no = merges.node_no and merges.rule = 'manual_merge' and merges.refusal_reason is null") -%}
        {{ resolve_contradictions(seeds, whole ~ '_labels', edges, prefix ~ '_cut') }}
        {%- do run_query(
            'create table ' ~ parts ~ ' as select whole.node_no, coalesce(cut.label, whole.label) as label from ' ~ whole
            ~ '_labels as whole left join ' ~ prefix ~ '_cut_labels as cut on whole.node_no = cut.node_no where whole.label in ('
            ~ 'select named.label from ' ~ whole ~ '_labels as named where named.node_no in (select node_no from ' ~ by_hand
            ~ ') or named.node_no in (select other_no from ' ~ by_hand ~ '))') -%}
        {%- for table in [edges, seeds, whole ~ '_labels', prefix ~ '_cut_labels'] -%}
            {%- do run_query('drop table if exists ' ~ table) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endif -%}
{%- endmacro %}
