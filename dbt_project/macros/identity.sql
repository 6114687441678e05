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

{#- A fixed line of Brazil: eight digits behind the area code, where a mobile number has nine. -#}
{% macro is_landline(phone) -%}
(
    ({{ phone }} like '+55%' and length({{ phone }}) = 13)
    or ({{ phone }} not like '+%' and length({{ phone }}) = 10)
    or ({{ phone }} like '55%' and length({{ phone }}) = 12)
)
{%- endmacro %}

{#- Whether an identifier is what an erasure left in its place (ingestion/forgotten.py). -#}
{% macro is_forgotten(value) -%}
({{ value }} like 'forgotten-%')
{%- endmacro %}

{#- Drops tables that a build which ended early may have left. -#}
{% macro drop_if_there(tables) %}{% do run_query('drop table if exists ' ~ tables | join('; drop table if exists ')) %}{% endmacro %}

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
    {{ drop_if_there([labels, low, next_labels]) }}
    {%- do run_query('create table ' ~ labels ~ ' as select distinct node_no, node_no as label from ' ~ edges) -%}
    {%- set state = namespace(total=none, done=false) -%}
    {%- for round in range(64) if not state.done -%}
        {#- The lowest label among a node and its neighbours; then pointer jumping: the label of the label. One text: dbt's own
            work for a statement takes longer than most of these. -#}
        {%- set total = run_query(
            'create table ' ~ low ~ ' as select own.node_no, least(own.label, min(other.label)) as label from '
            ~ labels ~ ' as own inner join ' ~ edges ~ ' as edges on own.node_no = edges.node_no inner join '
            ~ labels ~ ' as other on edges.other_no = other.node_no group by own.node_no, own.label'
            ~ '; create table ' ~ next_labels ~ ' as select own.node_no, root.label from ' ~ low
            ~ ' as own inner join ' ~ low ~ ' as root on own.label = root.node_no'
            ~ '; drop table ' ~ low ~ '; drop table ' ~ labels
            ~ '; alter table ' ~ next_labels ~ ' rename to ' ~ labels.split('.')[-1]
            ~ '; select coalesce(sum(label), 0) from ' ~ labels).columns[0].values()[0] | string -%}
        {%- set state.done = (total == state.total) -%}
        {%- set state.total = total -%}
    {%- endfor -%}
    {%- if not state.done -%}
        {{ exceptions.raise_compiler_error("identity did not converge in 64 rounds: " ~ edges) }}
    {%- endif -%}
{%- endif -%}
{%- endmacro %}

{#- Where a component holds a contradiction (int_identity_seeds), every record goes to the colour that reaches it first: over
    the strongest links first, then by the fewest links, then the smaller colour; links between colours are cut. A colour
    therefore never meets another, over whatever path. What was merged by hand is reached as one: sides that reach two of its
    records at once would else divide it. Leaves `<prefix>_labels` (node_no, label) of those components. -#}
{% macro resolve_contradictions(seeds, labels, edges, prefix) -%}
{%- if execute and flags.WHICH in ('run', 'build', 'retry') -%}
    {%- set colours, cut, parts = prefix ~ '_colours', prefix ~ '_edges', prefix ~ '_labels' -%}
    {{ drop_if_there([colours, cut, parts]) }}
    {%- if run_query('select count(*) from ' ~ seeds).columns[0].values()[0] == 0 -%}
        {%- do run_query('create table ' ~ parts ~ ' as select node_no, label from ' ~ labels ~ ' where 1 = 0') -%}
    {%- else -%}
        {%- do run_query('create table ' ~ colours ~ ' as select node_no, min(colour) as colour from ' ~ seeds ~ ' group by node_no') -%}
        {%- do run_query(
            'create table ' ~ cut ~ ' as select edges.node_no, edges.other_no, edges.strength from ' ~ edges
            ~ ' as edges inner join ' ~ labels ~ ' as labels on edges.node_no = labels.node_no'
            ~ ' where labels.label in (select label from ' ~ seeds ~ ')') -%}
        {%- set by_hand = run_query('select count(*) from ' ~ cut ~ ' where strength = 0').columns[0].values()[0] > 0 -%}
        {%- if by_hand %}{{ begin_with_mergers(colours, cut, prefix) }}{% endif -%}
        {%- set walked = cut ~ '_merged' if by_hand else cut -%}
        {%- for strength in [0, 1, 2, 3] -%}
            {%- set state = namespace(count=0, done=false) -%}
            {%- for round in range(1000) if not state.done -%}
                {%- set count = run_query(
                    'insert into ' ~ colours ~ ' select node_no, colour from (select cut.node_no, near.colour,'
                    ~ ' row_number() over (partition by cut.node_no order by cut.strength asc, near.colour asc) as place'
                    ~ ' from ' ~ walked ~ ' as cut inner join ' ~ colours ~ ' as near on cut.other_no = near.node_no left join '
                    ~ colours ~ ' as own on cut.node_no = own.node_no where own.node_no is null and cut.strength <= '
                    ~ strength ~ ') as reached where place = 1; select count(*) from ' ~ colours).columns[0].values()[0] -%}
                {%- set state.done = (count == state.count) -%}
                {%- set state.count = count -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if by_hand -%}
            {%- do run_query('insert into ' ~ colours ~ ' select units.node_no, own.colour from ' ~ prefix ~ '_hand_labels as units inner join '
                ~ colours ~ ' as own on units.label = own.node_no where units.node_no <> units.label') -%}
            {%- for table in [walked, prefix ~ '_hand_labels'] %}{% do run_query('drop table ' ~ table) %}{% endfor -%}
        {%- endif -%}
        {{ drop_if_there([cut ~ '_kept']) }}
        {%- do run_query(
            'create table ' ~ cut ~ '_kept as select cut.node_no, cut.other_no from ' ~ cut ~ ' as cut inner join ' ~ colours
            ~ ' as own on cut.node_no = own.node_no inner join ' ~ colours
            ~ ' as other on cut.other_no = other.node_no where own.colour = other.colour') -%}
        {{ propagate_labels(cut ~ '_kept', prefix ~ '_parts') }}
        {%- do run_query(
            'create table ' ~ parts ~ ' as select colours.node_no, coalesce(parts.label, colours.node_no) as label from '
            ~ colours ~ ' as colours left join ' ~ prefix ~ '_parts_labels as parts on colours.node_no = parts.node_no') -%}
        {{ drop_if_there([colours, cut, cut ~ '_kept', prefix ~ '_parts_labels']) }}
    {%- endif -%}
{%- endif -%}
{%- endmacro %}

{#- What was merged by hand is one record, its first, until every record has its colour: `<cut>_merged` are the links between
    such records, `<prefix>_hand_labels` tells which records are one. -#}
{% macro begin_with_mergers(colours, cut, prefix) -%}
{%- set units, merged, hand = prefix ~ '_hand_labels', cut ~ '_merged', cut ~ '_hand' -%}
{{ drop_if_there([merged, hand, colours ~ '_own']) }}
{%- do run_query('create table ' ~ hand ~ ' as select node_no, other_no from ' ~ cut ~ ' where strength = 0') -%}
{{ propagate_labels(hand, prefix ~ '_hand') }}
{%- do run_query(
    'create table ' ~ merged ~ ' as select coalesce(own.label, cut.node_no) as node_no, coalesce(other.label, cut.other_no) as other_no,'
    ~ ' min(cut.strength) as strength from ' ~ cut ~ ' as cut left join ' ~ units ~ ' as own on cut.node_no = own.node_no left join '
    ~ units ~ ' as other on cut.other_no = other.node_no where cut.strength > 0 group by 1, 2') -%}
{%- do run_query(
    'create table ' ~ colours ~ '_own as select coalesce(units.label, colours.node_no) as node_no, min(colours.colour) as colour from '
    ~ colours ~ ' as colours left join ' ~ units ~ ' as units on colours.node_no = units.node_no group by 1') -%}
{%- for table in [hand, colours] %}{% do run_query('drop table ' ~ table) %}{% endfor -%}
{%- do run_query('alter table ' ~ colours ~ '_own rename to ' ~ colours.split('.')[-1]) -%}
{%- endmacro %}

{#- How strong a kind of evidence is: 0 = decided by hand, then ids and documents, addresses, phones. -#}
{% macro link_strength(kind) -%}
case {{ kind }} when 'rd_uuid' then 1 when 'cpf' then 1 when 'email' then 2 else 3 end
{%- endmacro %}

{#- Why a value is nobody's own, by the company's lists; else null. `identifier`: normalised (an e-mail in lower case). -#}
{% macro refusal_of_value(kind, identifier) -%}
case
    when {{ kind }} = 'email' and split_part({{ identifier }}, '@', 1) in ({{ texts(var("identity_shared_mailboxes")) }})
        then 'shared_mailbox'
    when {{ kind }} = 'email' and split_part({{ identifier }}, '@', 2) in ({{ texts(var("identity_agency_domains")) }})
        then 'agency_domain'
end
{%- endmacro %}

{#- A list of texts for IN; an empty list matches nothing. -#}
{% macro texts(values) -%}
{% for value in values %}'{{ value | replace("'", "''") }}'{{ ', ' if not loop.last }}{% else %}''{% endfor %}
{%- endmacro %}

{#- What a reader may see of an identifier: enough to recognise it beside the record, not enough to use or to guess it. -#}
{% macro masked_evidence(rule, identifier) -%}
case {{ rule }}
    when 'rd_uuid' then {{ identifier }}
    when 'email' then substr({{ identifier }}, 1, 1) || '***@' || substr(split_part({{ identifier }}, '@', 2), 1, 1) || '***'
    when 'phone' then '***' || right({{ identifier }}, 2)
    when 'landline' then '***' || right({{ identifier }}, 2)
    when 'cpf' then '***' || right({{ identifier }}, 2)
end
{%- endmacro %}

{#- A record as readers see it: the key of an exported list may be a hash of an address that can be guessed. -#}
{% macro published_node(node) -%}
case when {{ node }} like 'files:%' then 'files:' || {{ hash_id(node) }} else {{ node }} end
{%- endmacro %}
