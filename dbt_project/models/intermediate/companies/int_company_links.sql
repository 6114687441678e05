-- What makes two records one company: the CNPJ root (a legal entity with all its branches), and for organizations without a
-- CNPJ the domain of their site. A domain that several legal entities use, that everybody may use (free mail, social
-- networks) or that too many organizations have names no company. Every record is tied to the first one. What people decided
-- by hand stands here too, and no guard touches it.
with records as (
    {{ company_records() | indent(4) }}
),

by_root as (
    select
        node,
        cnpj_root,
        node_no,
        first_value(node) over (partition by cnpj_root order by node_no asc) as other_node,
        min(node_no) over (partition by cnpj_root) as other_no,
        count(*) over (partition by cnpj_root) as records
    from records
    where cnpj_root is not null
),

-- Organizations with a CNPJ come first: the others are theirs.
by_domain as (
    select
        node,
        cnpj_root,
        domain,
        node_no,
        first_value(node) over (
            partition by domain order by case when cnpj_root is null then 1 else 0 end asc, node_no asc
        ) as other_node,
        first_value(node_no) over (
            partition by domain order by case when cnpj_root is null then 1 else 0 end asc, node_no asc
        ) as other_no,
        min(cnpj_root) over (partition by domain) as first_root,
        max(cnpj_root) over (partition by domain) as last_root,
        count(*) over (partition by domain) as records
    from records
    where domain is not null
),

-- A merger ties its records to the one that was loaded first; records that no system showed are told.
merged as (
    select
        merges.node,
        merges.merge_group,
        records.node_no,
        min(records.node_no) over (partition by merges.merge_group) as hub_no
    from {{ ref("stg_agreement__company_merges") }} as merges
    left join records on merges.node = records.node
),

decided as (
    select
        merged.node,
        coalesce(hubs.node, merged.merge_group) as other_node,
        'manual_merge' as rule,
        case when merged.node_no is null then 'unknown_record' end as refusal_reason
    from merged
    left join records as hubs on merged.hub_no = hubs.node_no and merged.node_no is not null
    where merged.node_no is null or merged.node_no <> merged.hub_no
    union
    select
        one.node,
        another.node as other_node,
        'manual_split' as rule,
        'manual_split' as refusal_reason
    from {{ ref("stg_agreement__company_splits") }} as one
    inner join {{ ref("stg_agreement__company_splits") }} as another
        on one.split_no = another.split_no and one.party < another.party
)

select
    node,
    other_node,
    'cnpj_root' as rule,
    cnpj_root as evidence,
    cnpj_root,
    records,
    node_no,
    other_no,
    1 as strength,
    {{ no_text() }} as refusal_reason
from by_root
where node <> other_node

union all

select
    node,
    other_node,
    'corporate_domain' as rule,
    domain as evidence,
    first_root as cnpj_root,
    records,
    node_no,
    other_no,
    2 as strength,
    case
        when domain in ({{ texts(var("identity_shared_domains")) }}) then 'shared_domain'
        when domain in ({{ texts(var("identity_agency_domains")) }}) then 'agency_domain'
        when records > {{ var("identity_max_records") }} then 'too_many_records'
        when first_root <> last_root then 'different_cnpj'
    end as refusal_reason
from by_domain
where node <> other_node and cnpj_root is null

union all

select
    decided.node,
    decided.other_node,
    decided.rule,
    {{ no_text() }} as evidence,
    {{ no_text() }} as cnpj_root,
    2 as records,
    own.node_no,
    other.node_no as other_no,
    0 as strength,
    decided.refusal_reason
from decided
left join records as own on decided.node = own.node
left join records as other on decided.other_node = other.node
