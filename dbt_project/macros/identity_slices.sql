{#- Which records changed raw rows are about, and the raw rows of a record: how the slice of an ordinary day is cut. -#}

{#- Raw tables that identity (or `models`) is made of: {'schema.table': relation}; found in the graph, so that none can be
    forgotten. -#}
{% macro identity_sources(models=['int_identity_identifiers', 'int_identity_links', 'int_identity_seeds']) -%}
{%- set found, seen = {}, [] -%}
{%- for model in models %}{% do seen.append('model.' ~ project_name ~ '.' ~ model) %}{% endfor -%}
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
    that names the records of a key, when the table itself does not, `instant`: what as_of is compared with, `became`: the
    record that stands for another one from some row on. A table that is not named here makes every build whole in which it
    has new rows, unless it only mentions contacts (identity_mentions). -#}
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
    'raw_hubspot.contacts': crm,
    'raw_hubspot.contact_identifiers': crm,
    'raw_pipedrive.contacts': crm,
    'raw_pipedrive.contact_identifiers': crm,
    'raw_salesforce.contacts': dict(crm, became='converted_to'),
    'raw_salesforce.contact_identifiers': crm,
    'raw_protheus.sa1': {'key': "coalesce(company_group, '') || '|' || " ~ as_text('recno'), 'node': erp.format('a1_filial', 'a1_cod', 'a1_loja')},
    'raw_protheus.customer_identifiers': {
        'key': erp.format('branch', 'customer_code', 'store'), 'node': erp.format('branch', 'customer_code', 'store')},
}) }}
{%- endmacro %}

{#- Whether deals of the CRM mention contacts over several tables (leads, merged contacts, roles): who is mentioned is looked at
    as a whole then, since it says no more of a contact than that it exists. -#}
{% macro identity_mentions() -%}
{{ return(crm_system() != 'rd_station_crm') }}
{%- endmacro %}

{#- Whether new rows of a raw table leave the day a day: they tell their records, or are looked at as a whole. -#}
{% macro identity_can_follow(name) -%}
{%- set staging = 'stg_' ~ crm_system() ~ '__' -%}
{{ return(name in identity_records() or name.startswith(('raw_files.', 'raw_agreement.')) or (identity_mentions()
    and name.startswith('raw_' ~ crm_system() ~ '.') and name not in identity_sources([staging ~ 'contacts', staging ~ 'contact_identifiers']))) }}
{%- endmacro %}

{#- Work table `changed`: every record that new raw rows, instants that have passed or decisions by hand can concern. Returns one
    row: how many they are, and how many records there were. -#}
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
    {%- if of.became -%}
        {%- do parts.append("select '" ~ of.prefix ~ "' || " ~ of.became ~ ' as node from ' ~ name ~ ' where ' ~ of.key
            ~ ' in (select ' ~ of.key ~ ' from ' ~ name ~ ' where ' ~ changed ~ ')') -%}
    {%- endif -%}
{%- endfor -%}
{%- if identity_mentions() -%}
    {#- Who came to be mentioned, or is no longer: it matters for those alone of whom there is nothing else. -#}
    {%- do make_work('mentions', 'select distinct contact_id from ' ~ crm('deal_contacts') ~ ' where contact_id is not null') -%}
    {%- do parts.append("select 'crm:' || m.contact_id from " ~ identity_work('mentions')
        ~ " as m left join intermediate.int_identity_nodes as n on n.node = 'crm:' || m.contact_id where n.node is null") -%}
    {%- do parts.append('select n.node from intermediate.int_identity_nodes as n left join ' ~ identity_work('mentions')
        ~ " as m on n.node = 'crm:' || m.contact_id where n.source_system = '" ~ crm_system()
        ~ "' and n.first_load_seq is null and m.contact_id is null") -%}
{%- endif -%}
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
{#- A CRM contact is linked to a contact of RD Station that exists: who names one that changed may be linked anew. -#}
{%- set sizes = 'select (select count(*) from ' ~ identity_work('changed') ~ '), (select count(*) from intermediate.int_identity_nodes)' -%}
{{ return(make_works([
    ('found', 'select distinct node from (' ~ parts | join(' union all ') ~ ') as found where node is not null'),
    ('changed', 'select node from ' ~ identity_work('found') ~ " union select 'crm:' || contact_id as node from raw_"
        ~ crm_system() ~ ".contacts where integration_id in (select substr(node, 4) from " ~ identity_work('found') ~ " where node like 'rd:%')"),
], sizes)) }}
{%- endmacro %}

{#- Copies of the raw rows of the changed records, and what the last build made of those records and of whom they name. -#}
{% macro slice_identity_inputs() -%}
{%- set sources, slices = identity_sources(), [] -%}
{%- for name, of in identity_records().items() if name in sources -%}
    {%- if of.prefix -%}
        {%- set keys = 'select substr(node, ' ~ (of.prefix | length + 1) ~ ') from ' ~ identity_work('changed') ~ " where node like '" ~ of.prefix ~ "%'" -%}
    {%- else -%}
        {%- set keys = 'select ' ~ of.key ~ ' from ' ~ (of.via or name) ~ ' where ' ~ of.node ~ ' in (select node from ' ~ identity_work('changed') ~ ')' -%}
    {%- endif -%}
    {%- if of.became -%}
        {%- set keys = keys ~ ' union select ' ~ of.key ~ ' from ' ~ name ~ ' where ' ~ of.became ~ ' in (' ~ keys ~ ')' -%}
    {%- endif -%}
    {%- do slices.append(('slice_' ~ name | replace('.', '_'), 'select ' ~ landed_columns() ~ ' from ' ~ name ~ ' where ' ~ of.key ~ ' in (' ~ keys ~ ')')) -%}
{%- endfor -%}
{%- set named = "select 'rd:' || integration_id from " -%}
{%- set names = ['select node from ' ~ identity_work('changed'), named ~ identity_work('slice_raw_' ~ crm_system() ~ '_contacts')] -%}
{%- if crm_system() == 'rd_station_crm' %}{% do names.append(named ~ source('raw_files', 'crm_contacts')) %}{% endif -%}
{%- do slices.append(('known', 'select node, node_no, first_load_seq from intermediate.int_identity_nodes where node in ('
    ~ names | join(' union ') ~ ')')) -%}
{%- do slices.append(('former', 'select * from ' ~ identity_work('known') ~ ' where node in (select node from ' ~ identity_work('changed') ~ ')')) -%}
{#- Of their former values those that others have, too: whom a value did not tie, its loss does not concern. -#}
{%- set here = '(select node_no from ' ~ identity_work('former') ~ ')' -%}
{%- set tied = 'select rule as kind, identifier from intermediate.int_identity_links where identifier is not null and ' -%}
{%- do slices.append(('former_values', tied ~ 'node_no in ' ~ here ~ ' union ' ~ tied ~ 'other_no in ' ~ here)) -%}
{%- do make_works(slices) -%}
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
{%- set contacts = 'stg_' ~ crm_system() ~ '__contacts' -%}
{%- if 'model.' ~ project_name ~ '.' ~ contacts in model.depends_on.nodes -%}
    {%- set text.sql = text.sql | replace(ref(contacts) | string, staged(contacts)) -%}
{%- endif -%}
{{ return('(' ~ text.sql ~ '\n)') }}
{%- endmacro %}

{#- `staged` of the company's CRM. -#}
{% macro staged_crm(name) -%}
{{ return(staged("stg_" ~ crm_system() ~ "__" ~ name)) }}
{%- endmacro %}

{#- Contacts that deals of the company's CRM mention. -#}
{% macro mentioned_contacts() -%}
{{ return(identity_work('mentions') if identity_day() and identity_mentions() else staged_crm('deal_contacts')) }}
{%- endmacro %}
