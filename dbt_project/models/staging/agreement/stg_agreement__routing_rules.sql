-- Routing rules of each version, one row per value that a condition allows (condition null: the rule takes every lead).
-- `portfolio` is a condition without values.
with conditions as (
    select agreement_version, rule_no, condition, case when condition = 'state' then upper(trim(value)) else value end as value
    from {{ current_agreement(source("raw_agreement", "routing_conditions")) }} as routing_conditions
    union all
    select agreement_version, rule_no, 'portfolio' as condition, {{ no_text() }} as value
    from {{ current_agreement(source("raw_agreement", "routing_rules")) }} as portfolio_rules
    where portfolio
)

select
    rules.agreement_version,
    rules.rule_no,
    rules.title_pt,
    rules.title_en,
    rules.mode,
    coalesce(rules.grace_seconds, 0) as grace_seconds,
    conditions.condition,
    conditions.value
from {{ current_agreement(source("raw_agreement", "routing_rules")) }} as rules
left join conditions
    on rules.agreement_version = conditions.agreement_version and rules.rule_no = conditions.rule_no
