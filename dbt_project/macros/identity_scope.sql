{#- Today's scope: whose rows an ordinary day replaces, as work tables that the models' hooks make and their SQL reads. -#}

{#- For models: a table of identity, or the part of it that today's slice needs, read once for all that join it. -#}
{% macro of_today(table, part) -%}
{{ return(identity_work(part) if identity_day() else ref(table)) }}
{%- endmacro %}

{#- Work tables `values`: what changed records have or had; `holders`: everybody's identifiers that are among them (pre-hook
    of the links). -#}
{% macro note_values_of_today() -%}
{%- if identity_day() -%}
    {%- do make_works([
        ('values', 'select kind as value_kind, identifier as value_text from ' ~ identity_work('former_values')
            ~ ' union select kind, identifier from ' ~ identity_work('fresh_values')),
        ('holders', 'select i.* from intermediate.int_identity_identifiers as i inner join ' ~ identity_work('values')
            ~ ' as v on i.kind = v.value_kind and i.identifier = v.value_text'),
        ('addresses', "select * from intermediate.int_identity_identifiers where kind = 'email' and node_no in (select node_no from "
            ~ identity_work('holders') ~ " where kind = 'landline')"),
    ]) -%}
{%- endif -%}
{%- endmacro %}

{#- Work tables `scope` and `names`: whoever can belong to somebody else than yesterday: the changed records, whoever has a
    value of theirs or is merged with them by hand, and all that yesterday were of one component with these. With them their
    part of the nodes, links and of the identifiers that later models look at (pre-hook of the edges). -#}
{% macro note_scope_of_today() -%}
{%- if identity_day() -%}
    {%- set here = ' where node_no in (select node_no from ' ~ identity_work('scope') ~ ')' -%}
    {%- do make_works([
        ('touched', 'select node_no from ' ~ identity_work('former') ~ ' union select node_no from ' ~ identity_work('fresh')
            ~ ' union select node_no from ' ~ identity_work('holders') ~ ' union select node_no from intermediate.int_identity_nodes'
            ~ ' where node in (select node from ' ~ ref('stg_agreement__identity_merges') ~ ')'),
        ('scope', 'select node_no from ' ~ identity_work('touched')
            ~ ' union select labels.node_no from intermediate.int_identity_labels as labels where labels.label in (select own.label'
            ~ ' from intermediate.int_identity_labels as own inner join ' ~ identity_work('touched') ~ ' as t on own.node_no = t.node_no)'),
        ('nodes', 'select * from intermediate.int_identity_nodes' ~ here),
        ('names', 'select node from ' ~ identity_work('changed') ~ ' union select node from ' ~ identity_work('nodes')),
        ('documents', 'select * from intermediate.int_identity_identifiers' ~ here ~ " and kind = 'cpf'"),
        ('mailboxes', 'select node_no, kind from intermediate.int_identity_identifiers' ~ here ~ " and kind = 'email'"),
        ('links', 'select * from intermediate.int_identity_links' ~ here
            ~ ' or other_no in (select node_no from ' ~ identity_work('scope') ~ ')'),
    ]) -%}
{%- endif -%}
{%- endmacro %}

{#- Work table `people`: the people that the records of today's scope were of; whose they are now stands in `parts`. -#}
{% macro note_people_of_today() -%}
{%- if identity_day() -%}
    {%- do make_work('people', 'select distinct person_id from intermediate.int_person_nodes where node_no in (select node_no from '
        ~ identity_work('scope') ~ ')') -%}
{%- endif -%}
{%- endmacro %}

{#- Work tables `published`: `names` as readers see them; `ends`: whose the two records of a link are (pre-hook of
    fct_identity_links). -#}
{% macro note_published_of_today() -%}
{%- if identity_day() -%}
    {%- do make_works([
        ('published', 'select distinct ' ~ published_node('node') ~ ' as node from ' ~ identity_work('names')),
        ('others', '(select node_no from ' ~ identity_work('links') ~ ' union select other_no from ' ~ identity_work('links')
            ~ ') except select node_no from ' ~ identity_work('scope')),
        ('ends', 'select node_no, node, person_id from ' ~ identity_work('parts') ~ ' union all select node_no, node, person_id'
            ~ ' from intermediate.int_person_nodes where node_no in (select node_no from ' ~ identity_work('others') ~ ')'),
    ]) -%}
{%- endif -%}
{%- endmacro %}

{#- What a model's hooks leave for its SQL: a work table on an ordinary day, else a table that is dropped behind it. -#}
{% macro left_by_hooks(name) -%}
{{ return(identity_work(name) if identity_day() else 'intermediate.' ~ name) }}
{%- endmacro %}

{% macro drop_left_by_hooks(name) -%}
{%- if not identity_day() %}drop table if exists {{ left_by_hooks(name) }}{% endif -%}
{%- endmacro %}
