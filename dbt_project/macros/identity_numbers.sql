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

-- The last build's numbers by load; a changed record's own may be among them, which only leaves room unused.
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
        and node_no not in (select node_no from {{ identity_work('former') }})
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
