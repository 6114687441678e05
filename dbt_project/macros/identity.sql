{#- Comparison keys of identifiers. -#}

{#- Phone key: area code + last 8 digits of a Brazilian number (with or without the ninth digit and +55),
    the whole number of a foreign one. `phone`: E.164 or national digits. -#}
{% macro phone_key(phone) -%}
case
    when {{ phone }} like '+55%' and length({{ phone }}) in (13, 14)
        then substr({{ phone }}, 4, 2) || right({{ phone }}, 8)
    when {{ phone }} not like '+%' and {{ phone }} like '55%' and length({{ phone }}) in (12, 13)
        then substr({{ phone }}, 3, 2) || right({{ phone }}, 8)
    when {{ phone }} not like '+%' and length({{ phone }}) in (10, 11)
        then substr({{ phone }}, 1, 2) || right({{ phone }}, 8)
    else {{ phone }}
end
{%- endmacro %}

{#- Whether an identifier is what an erasure left in its place (ingestion/forgotten.py). -#}
{% macro is_forgotten(value) -%}
({{ value }} like 'forgotten-%')
{%- endmacro %}

{#- Connected components by minimum-label propagation with pointer jumping. Runs as a pre-hook: dbt renders hooks
    only when the model really runs, so that parse, compile and unit tests start no loop.
    `edges`: relation with bigint columns (node_no, other_no), both directions. Leaves the table `<prefix>_labels`
    (node_no, label) in the model's schema; label = smallest node_no of the component. Each round is a real table.
    Labels only ever fall, so an unchanged sum means that no label changed. -#}
{% macro propagate_labels(edges, prefix) -%}
{%- if execute and flags.WHICH in ('run', 'build', 'retry') -%}
    {%- set labels = prefix ~ '_labels' -%}
    {%- set low = prefix ~ '_low' -%}
    {%- set next_labels = prefix ~ '_next' -%}
    {%- for table in [labels, low, next_labels] -%}
        {%- do run_query('drop table if exists ' ~ table) -%}
    {%- endfor -%}
    {%- do run_query('create table ' ~ labels ~ ' as select distinct node_no, node_no as label from ' ~ edges) -%}
    {%- set state = namespace(total=none, done=false) -%}
    {%- for round in range(64) if not state.done -%}
        {#- the lowest label among a node and its neighbours -#}
        {%- do run_query(
            'create table ' ~ low ~ ' as select own.node_no, least(own.label, min(other.label)) as label from '
            ~ labels ~ ' as own inner join ' ~ edges ~ ' as edges on own.node_no = edges.node_no inner join '
            ~ labels ~ ' as other on edges.other_no = other.node_no group by own.node_no, own.label') -%}
        {#- pointer jumping: the label of the label -#}
        {%- do run_query(
            'create table ' ~ next_labels ~ ' as select own.node_no, root.label from ' ~ low
            ~ ' as own inner join ' ~ low ~ ' as root on own.label = root.node_no') -%}
        {%- do run_query('drop table ' ~ low) -%}
        {%- do run_query('drop table ' ~ labels) -%}
        {%- do run_query('alter table ' ~ next_labels ~ ' rename to ' ~ labels.split('.')[-1]) -%}
        {%- set total = run_query('select coalesce(sum(label), 0) from ' ~ labels).columns[0].values()[0] | string -%}
        {%- set state.done = (total == state.total) -%}
        {%- set state.total = total -%}
    {%- endfor -%}
    {%- if not state.done -%}
        {{ exceptions.raise_compiler_error("identity did not converge in 64 rounds: " ~ edges) }}
    {%- endif -%}
{%- endif -%}
{%- endmacro %}
