{#- Which records changed raw rows are about, and the raw rows of a record: how the slice of an ordinary day is cut. -#}

{#- Raw tables that identity is made of: {'schema.table': relation}; found in the graph, so that none can be forgotten. -#}
{% macro identity_sources() -%}
{%- set found, seen = {}, ['model.' ~ project_name ~ '.int_identity_identifiers', 'model.' ~ project_name ~ '.int_identity_links',
    'model.' ~ project_name ~ '.int_identity_seeds'] -%}
{%- for key in seen -%}
    {%- for parent in graph.nodes[key].depends_on.nodes if parent not in seen and parent not in found -%}
        {%- if parent.startswith('source.') -%}
            {%- set raw = graph.sources[parent] -%}
            {%- do found.update({raw.schema ~ '.' ~ raw.identifier: source(raw.source_name, raw.name) | string}) -%}
        {%- else -%}
            {%- do seen.append(parent) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endfor -%}
{{ return(found) }}
{%- endmacro %}

{#- By raw table: `key` of the rows that staging looks at together, `node`: the record that a row is about, `via`: the table
    that names the records of a key, when the table itself does not, `instant`: what as_of is compared with. A table that is
    not named here (of another CRM) makes every build whole in which it has new rows. -#}
{% macro identity_records() -%}
{%- set erp = "'erp:' || coalesce(company_group, '') || ':' || coalesce({}, '') || ':' || {} || ':' || {}" -%}
{%- set rd = {'key': 'contact_uuid', 'node': "'rd:' || contact_uuid", 'prefix': 'rd:'} -%}
{%- set crm = {'key': 'contact_id', 'node': "'crm:' || contact_id", 'prefix': 'crm:'} -%}
{%- set deal = {'key': 'deal_id', 'node': "'crm:' || contact_id", 'via': 'raw_rd_station_crm.deal_contacts'} -%}
{{ return({
    'raw_rd_station.contacts': rd,
    'raw_rd_station.contact_identifiers': rd,
    'raw_rd_station.segmentation_contacts': rd,
    'raw_rd_station.funnels': dict(rd, instant='observed_at'),
    'raw_rd_station.conversions': {'key': 'event_key', 'node': "'rd:' || contact_uuid", 'instant': 'occurred_at'},
    'raw_inbox.events': {'key': "system || '|' || event_key", 'node': "'rd:' || contact_uuid", 'instant': 'occurred_at'},
    'raw_rd_station_crm.contacts': crm,
    'raw_rd_station_crm.contact_identifiers': crm,
    'raw_rd_station_crm.deals': deal,
    'raw_rd_station_crm.deal_contacts': deal,
    'raw_protheus.sa1': {'key': "coalesce(company_group, '') || '|' || " ~ as_text('recno'), 'node': erp.format('a1_filial', 'a1_cod', 'a1_loja')},
    'raw_protheus.customer_identifiers': {
        'key': erp.format('branch', 'customer_code', 'store'), 'node': erp.format('branch', 'customer_code', 'store')},
}) }}
{%- endmacro %}

{#- Work table `changed`: every record that new raw rows, instants that have passed or decisions by hand can concern. -#}
{% macro find_changed_records(before) -%}
{%- set parts, sources = [], identity_sources() -%}
{%- for name, of in identity_records().items() if name in sources -%}
    {%- set changed = "load_seq in (select load_seq from " ~ identity_work('loads') ~ " where name = '" ~ name ~ "')" -%}
    {%- if of.instant and before['as_of'] != var('as_of') -%}
        {%- set changed = changed ~ ' or (' ~ of.instant ~ " > cast('" ~ before['as_of'] ~ "' as timestamp) and " ~ of.instant ~ ' <= ' ~ as_of() ~ ')' -%}
    {%- endif -%}
    {%- if not of.prefix -%}
        {%- set changed = of.key ~ ' in (select ' ~ of.key ~ ' from ' ~ name ~ ' where ' ~ changed ~ ')' -%}
    {%- endif -%}
    {%- do parts.append('select ' ~ of.node ~ ' as node from ' ~ (of.via or name) ~ ' where ' ~ changed) -%}
{%- endfor -%}
{#- Lists are replaced as a whole, and what the API reads takes leads out of them: all of their records, every day. -#}
{%- do parts.append("select 'rd:' || contact_uuid from " ~ source('raw_files', 'rd_station_contacts')) -%}
{%- if crm_system() == 'rd_station_crm' -%}
    {%- do parts.append("select 'crm:' || contact_id from " ~ source('raw_files', 'crm_contacts')) -%}
{%- endif -%}
{%- do parts.append("select coalesce('files:person:' || person_key, 'files:' || handoff_key) from " ~ source('raw_files', 'handoffs')) -%}
{%- for one, other in [('state', 'before'), ('before', 'state')] -%}
    {%- do parts.append("select one.name from " ~ identity_work(one) ~ " as one left join " ~ identity_work(other)
        ~ " as other on one.kind = other.kind and one.name = other.name and one.value = other.value"
        ~ " where one.kind = 'decision' and other.name is null") -%}
{%- endfor -%}
{%- do make_work('found', 'select distinct node from (' ~ parts | join(' union all ') ~ ') as found where node is not null') -%}
{#- A CRM contact is linked to a contact of RD Station that exists: who names one that changed may be linked anew. -#}
{%- do make_work('changed', 'select node from ' ~ identity_work('found') ~ " union select 'crm:' || contact_id as node from raw_"
    ~ crm_system() ~ ".contacts where integration_id in (select substr(node, 4) from " ~ identity_work('found') ~ " where node like 'rd:%')") -%}
{%- endmacro %}

{#- Copies of the raw rows of the changed records, and what the last build made of those records. -#}
{% macro slice_identity_inputs() -%}
{%- set sources = identity_sources() -%}
{%- for name, of in identity_records().items() if name in sources -%}
    {%- if of.prefix -%}
        {%- set keys = 'select substr(node, ' ~ (of.prefix | length + 1) ~ ') from ' ~ identity_work('changed') ~ " where node like '" ~ of.prefix ~ "%'" -%}
    {%- else -%}
        {%- set keys = 'select ' ~ of.key ~ ' from ' ~ (of.via or name) ~ ' where ' ~ of.node ~ ' in (select node from ' ~ identity_work('changed') ~ ')' -%}
    {%- endif -%}
    {%- do make_work('slice_' ~ name | replace('.', '_'), 'select * from ' ~ name ~ ' where ' ~ of.key ~ ' in (' ~ keys ~ ')') -%}
{%- endfor -%}
{%- do make_work('former', 'select node, node_no, first_load_seq from intermediate.int_identity_nodes where node in (select node from '
    ~ identity_work('changed') ~ ')') -%}
{%- do make_work('former_values', 'select distinct kind, identifier from intermediate.int_identity_identifiers where node_no in (select node_no from '
    ~ identity_work('former') ~ ')') -%}
{%- endmacro %}

{#- A staging model; on an ordinary day the same SQL on the raw rows of the changed records alone. Who reads it comes behind
    the model that says whether it is such a day. -#}
{% macro staged(name) -%}
{%- if not execute or flags.WHICH != 'test' %}{% do ref('int_identity_changes') %}{% endif -%}{#- a unit test gives no such rows -#}
{%- set relation = ref(name) -%}
{%- if not identity_day() %}{{ return(relation) }}{% endif -%}
{%- set model = graph.nodes['model.' ~ project_name ~ '.' ~ name] -%}
{%- set text = namespace(sql=render(model.raw_code)) -%}
{%- for key in model.depends_on.nodes if key.startswith('source.') -%}
    {%- set raw = graph.sources[key] -%}
    {%- if raw.schema ~ '.' ~ raw.identifier in identity_records() -%}
        {%- set slice = identity_work('slice_' ~ raw.schema ~ '_' ~ raw.identifier) -%}
        {%- set text.sql = text.sql | replace(source(raw.source_name, raw.name) | string, slice) -%}
    {%- endif -%}
{%- endfor -%}
{{ return('(' ~ text.sql ~ '\n)') }}
{%- endmacro %}

{#- `staged` of the company's CRM. -#}
{% macro staged_crm(name) -%}
{{ return(staged("stg_" ~ crm_system() ~ "__" ~ name)) }}
{%- endmacro %}
