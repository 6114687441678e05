-- One row per two records and rule: why they are one company, or why they are not although something says so.
select
    {{ hash_id("links.rule || '|' || links.node || '|' || links.other_node") }} as link_id,
    links.rule,
    case when links.refusal_reason is null and own.company_id = other.company_id then 'kept' else 'refused' end as outcome,
    -- No guard refused it, and still it joins nobody: another link of the two would join what was told apart by hand.
    coalesce(links.refusal_reason, case when own.company_id <> other.company_id then 'manual_split' end) as refusal_reason,
    links.node as record,
    links.other_node as other_record,
    own.company_id,
    other.company_id as other_company_id,
    links.evidence,
    cast(links.records as bigint) as records
from {{ ref("int_company_links") }} as links
left join {{ ref("int_company_nodes") }} as own on links.node = own.node
left join {{ ref("int_company_nodes") }} as other on links.other_node = other.node
