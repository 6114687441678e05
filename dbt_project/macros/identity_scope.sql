{#- Today's scope: whose rows an ordinary day replaces, as work tables that the models' hooks make and their SQL reads. -#}

{#- For models: a table of identity, or the part of it that today's slice needs, read once for all that join it. -#}
{% macro of_today(table, part) -%}
{{ return(identity_work(part) if identity_day() else ref(table)) }}
{%- endmacro %}

{#- Every record as of now whom a record that is looked at today names: yesterday's that nothing changed, and today's. -#}
{% macro known_nodes() -%}
{%- if not identity_day() %}{{ return(ref('int_identity_nodes')) }}{% endif -%}
{{ return('(select node from ' ~ identity_work('known') ~ ' where node not in (select node from ' ~ identity_work('changed')
    ~ ') union all select node from ' ~ identity_work('fresh') ~ ')') }}
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

{#- Work table `scope`: whoever can belong to somebody else than yesterday: the changed records, whoever has a value of theirs
    or is merged with them by hand, and all that yesterday were of one component with these. With it what later models need of
    these records: themselves and their names (`published`: as readers see them), their links, those of their identifiers that
    are looked at, and whose the records are that they have refused links with (pre-hook of the edges). -#}
{% macro note_scope_of_today() -%}
{%- if identity_day() -%}
    {%- set inside = ' in (select node_no from ' ~ identity_work('scope') ~ ')' -%}
    {%- set here = ' where node_no' ~ inside -%}
    {%- do make_works([
        ('touched', 'select node_no from ' ~ identity_work('former') ~ ' union select node_no from ' ~ identity_work('fresh')
            ~ ' union select node_no from ' ~ identity_work('holders') ~ ' union select node_no from intermediate.int_identity_nodes'
            ~ ' where node in (select node from ' ~ ref('stg_agreement__identity_merges') ~ ')'),
        ('scope', 'select node_no from ' ~ identity_work('touched')
            ~ ' union select labels.node_no from intermediate.int_identity_labels as labels where labels.label in (select own.label'
            ~ ' from intermediate.int_identity_labels as own inner join ' ~ identity_work('touched') ~ ' as t on own.node_no = t.node_no)'),
        ('nodes', 'select * from intermediate.int_identity_nodes' ~ here),
        ('names', 'select node from ' ~ identity_work('changed') ~ ' union select node from ' ~ identity_work('nodes')),
        ('published', 'select distinct ' ~ published_node('node') ~ ' as node from ' ~ identity_work('names')),
        ('documents', 'select * from intermediate.int_identity_identifiers' ~ here ~ " and kind = 'cpf'"),
        ('mailboxes', 'select node_no, kind from intermediate.int_identity_identifiers' ~ here ~ " and kind = 'email'"),
        ('links', 'select * from intermediate.int_identity_links' ~ here
            ~ ' union all select * from intermediate.int_identity_links where other_no' ~ inside ~ ' and not node_no' ~ inside),
        ('others', '(select node_no from ' ~ identity_work('links') ~ ' union select other_no from ' ~ identity_work('links')
            ~ ') except select node_no from ' ~ identity_work('scope')),
        ('strangers', 'select node_no, node, person_id from intermediate.int_person_nodes where node_no in (select node_no from '
            ~ identity_work('others') ~ ')'),
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
