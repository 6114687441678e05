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

{#- A staging model; on an ordinary day the same SQL on the raw rows of the changed records alone. -#}
{% macro staged(name) -%}
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

{#- Numbers of records: in the order in which they were first loaded, with room between them, so that a record that comes
    later finds a place of its own and nobody else's number changes. Only mentioned: behind all that were loaded. -#}
{% macro numbered_records() -%}
{%- set room, last, loaded = 1048576, 9223372036854775807, 2305843009213693952 -%}
{%- if not identity_day() %}
select
    records.*,
    row_number() over (order by first_load_seq asc nulls last, node asc) * {{ room }}
    + case when first_load_seq is null then cast({{ loaded }} as bigint) else 0 end as node_no
from records
{%- else %}
, fresh as (
    select
        records.*,
        former.node_no as kept_no,
        coalesce(records.first_load_seq, {{ last }}) as age
    from records
    left join {{ identity_work('former') }} as former
        on records.node = former.node and coalesce(records.first_load_seq, -1) = coalesce(former.first_load_seq, -1)
    where records.node in (select node from {{ identity_work('changed') }})
),

-- The last build's numbers by load; those of the changed records were taken out before this is read.
ends as (
    select
        coalesce(first_load_seq, {{ last }}) as age,
        min(node_no) as lowest,
        max(node_no) as highest
    from {{ this }}
    group by 1
),

-- Numbers that are taken, in the order of the records: all of the loads that somebody new is of, the ends of the others.
places as (
    select coalesce(first_load_seq, {{ last }}) as age, node, node_no
    from {{ this }}
    where coalesce(first_load_seq, {{ last }}) in (select age from fresh where kept_no is null)
    union all
    select age, '' as node, lowest as node_no from ends where age not in (select age from fresh where kept_no is null)
    union all
    select age, '' as node, highest as node_no from ends where age not in (select age from fresh where kept_no is null)
    union all
    select age, node, kept_no as node_no from fresh
    union all
    select {{ last }} as age, '' as node, {{ loaded }} as node_no
),

gaps as (
    select
        node,
        age,
        node_no,
        coalesce(max(node_no) over (order by age asc, node asc rows between unbounded preceding and current row), 0) as low,
        min(node_no) over (order by age asc, node asc rows between current row and unbounded following) as high
    from places
),

placed as (
    select
        node,
        low,
        row_number() over (partition by low order by age asc, node asc) as place,
        case
            when high is null or (high - low) / (1e0 + count(*) over (partition by low)) >= {{ room }} then {{ room }}
            else cast(floor((high - low) / (1e0 + count(*) over (partition by low))) as bigint)
        end as step
    from gaps
    where node_no is null
)

select
    fresh.node,
    fresh.source_system,
    fresh.source_id,
    fresh.first_seen_at,
    fresh.is_deleted,
    fresh.first_load_seq,
    fresh.state,
    fresh.legal_status,
    fresh.last_conversion_at,
    coalesce(fresh.kept_no, placed.low + placed.place * placed.step) as node_no
from fresh
left join placed on fresh.node = placed.node
{%- endif -%}
{%- endmacro %}


{#- For models: a table of identity, or the part of it that today's slice needs, read once for all that join it. -#}
{% macro of_today(table, part) -%}
{{ return(identity_work(part) if identity_day() else ref(table)) }}
{%- endmacro %}

{#- Work table `fresh`: the changed records as they are now (pre-hook of the identifiers). -#}
{% macro note_records_of_today() -%}
{%- if identity_day() -%}
    {%- do make_work('fresh', 'select * from intermediate.int_identity_nodes where node in (select node from ' ~ identity_work('changed') ~ ')') -%}
{%- endif -%}
{%- endmacro %}

{#- Work tables `values`: what changed records have or had; `holders`: everybody's identifiers that are among them (pre-hook
    of the links). -#}
{% macro note_values_of_today() -%}
{%- if identity_day() -%}
    {%- do make_work('values', 'select kind as value_kind, identifier as value_text from ' ~ identity_work('former_values')
        ~ ' union select kind, identifier from intermediate.int_identity_identifiers where node_no in (select node_no from '
        ~ identity_work('fresh') ~ ')') -%}
    {%- do make_work('holders', 'select i.* from intermediate.int_identity_identifiers as i inner join ' ~ identity_work('values')
        ~ ' as v on i.kind = v.value_kind and i.identifier = v.value_text') -%}
    {%- do make_work('addresses', "select * from intermediate.int_identity_identifiers where kind = 'email' and node_no in (select node_no from "
        ~ identity_work('holders') ~ " where kind = 'landline')") -%}
{%- endif -%}
{%- endmacro %}

{#- Work tables `scope` and `names`: whoever can belong to somebody else than yesterday: the changed records, whoever has a
    value of theirs or is merged with them by hand, and all that yesterday were of one component with these. With them their
    part of the nodes, identifiers and links (pre-hook of the edges). -#}
{% macro note_scope_of_today() -%}
{%- if identity_day() -%}
    {%- do make_work('touched', 'select node_no from ' ~ identity_work('former') ~ ' union select node_no from ' ~ identity_work('fresh')
        ~ ' union select node_no from ' ~ identity_work('holders') ~ ' union select node_no from intermediate.int_identity_nodes'
        ~ ' where node in (select node from ' ~ ref('stg_agreement__identity_merges') ~ ')') -%}
    {%- do make_work('scope', 'select node_no from ' ~ identity_work('touched')
        ~ ' union select labels.node_no from intermediate.int_identity_labels as labels where labels.label in (select own.label'
        ~ ' from intermediate.int_identity_labels as own inner join ' ~ identity_work('touched') ~ ' as t on own.node_no = t.node_no)') -%}
    {%- set here = ' where node_no in (select node_no from ' ~ identity_work('scope') ~ ')' -%}
    {%- do make_work('nodes', 'select * from intermediate.int_identity_nodes' ~ here) -%}
    {%- do make_work('names', 'select node from ' ~ identity_work('changed') ~ ' union select node from ' ~ identity_work('nodes')) -%}
    {%- do make_work('identifiers', 'select * from intermediate.int_identity_identifiers' ~ here) -%}
    {%- do make_work('links', 'select * from intermediate.int_identity_links' ~ here
        ~ ' or other_no in (select node_no from ' ~ identity_work('scope') ~ ')') -%}
{%- endif -%}
{%- endmacro %}

{#- Work table `people`: the people that the records of today's scope were of. -#}
{% macro note_people_of_today() -%}
{%- if identity_day() -%}
    {%- do make_work('people', 'select distinct person_id from intermediate.int_person_nodes where node_no in (select node_no from '
        ~ identity_work('scope') ~ ')') -%}
{%- endif -%}
{%- endmacro %}

{#- Work table `parts`: whose the records of today's scope are now; those people are added to `people` (post-hook of int_person_nodes). -#}
{% macro note_parts_of_today() -%}
{%- if identity_day() -%}
    {%- do make_work('parts', 'select * from intermediate.int_person_nodes where node_no in (select node_no from ' ~ identity_work('scope') ~ ')') -%}
    {%- do run_query('insert into ' ~ identity_work('people') ~ ' select distinct person_id from ' ~ identity_work('parts')) -%}
{%- endif -%}
{%- endmacro %}

{#- Work tables `published`: `names` as readers see them; `ends`: whose the two records of a link are (pre-hook of
    fct_identity_links). -#}
{% macro note_published_of_today() -%}
{%- if identity_day() -%}
    {%- do make_work('published', 'select distinct ' ~ published_node('node') ~ ' as node from ' ~ identity_work('names')) -%}
    {%- do make_work('others', 'select node_no from ' ~ identity_work('links') ~ ' union select other_no from ' ~ identity_work('links')) -%}
    {%- do make_work('ends', 'select * from intermediate.int_person_nodes where node_no in (select node_no from ' ~ identity_work('others') ~ ')') -%}
{%- endif -%}
{%- endmacro %}

{#- CPFs of today's scope, with all of their holders: how many they are decides. -#}
{% macro only_documents_of_today() -%}
{%- if identity_day() %} and identifier in (
    select own.identifier
    from {{ identity_work('identifiers') }} as own
    where own.kind = 'cpf'
){% endif -%}
{%- endmacro %}

{#- The edges of today's scope, or all; both ends of an edge are in it or none. -#}
{% macro edges_of_today(edges) -%}
{%- if identity_day() -%}
    {%- do make_work('edges', 'select node_no, other_no from ' ~ edges ~ ' where node_no in (select node_no from ' ~ identity_work('scope') ~ ')') -%}
    {{ return(identity_work('edges')) }}
{%- endif -%}
{{ return(edges) }}
{%- endmacro %}

{% macro seeds_of_today(seeds) -%}
{%- if identity_day() -%}
    {%- do make_work('seeds', 'select * from ' ~ seeds ~ ' where node_no in (select node_no from ' ~ identity_work('scope') ~ ')') -%}
    {{ return(identity_work('seeds')) }}
{%- endif -%}
{{ return(seeds) }}
{%- endmacro %}

{#- `staged` of the company's CRM. -#}
{% macro staged_crm(name) -%}
{{ return(staged("stg_" ~ crm_system() ~ "__" ~ name)) }}
{%- endmacro %}
