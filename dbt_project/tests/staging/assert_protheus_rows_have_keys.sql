{#- One query for all tables of the ERP: a unique and a not_null test of each would cost every build four seconds. -#}
{%- set tables = ['ac2', 'ad1', 'ady', 'adz', 'aij', 'cn9', 'cna', 'cnb', 'sa1', 'sa3', 'sc5', 'sc6', 'sd1', 'sd2', 'se1', 'se5', 'sf1',
    'sf2', 'sf4', 'sus', 'sys_company'] -%}
-- A live row of the ERP is known by its company group and its record number: neither is missing, no two rows have the same.
with keys as (
{%- for table in tables %}
    select '{{ table }}' as erp_table, company_group, recno from {{ ref('stg_protheus__' ~ table) }}
    {{ "union all" if not loop.last }}
{%- endfor %}
)

select erp_table, company_group, recno, count(*) as rows_with_key
from keys
group by erp_table, company_group, recno
having count(*) > 1 or company_group is null or recno is null
