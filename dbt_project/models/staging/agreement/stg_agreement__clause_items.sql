-- The lists of a clause: the steps of a cadence in their order, the reasons that need none, the fields that a conversion
-- must fill and the forms it is asked of.
{%- set lists = [
    ('step', 'cadence_steps', 'step_no', 'channel'),
    ('exempt_reason', 'clause_reasons', 'cast(null as bigint)', 'reason_code'),
    ('field', 'clause_fields', 'cast(null as bigint)', 'field'),
    ('form', 'clause_forms', 'cast(null as bigint)', 'conversion_identifier'),
] %}
{%- for kind, table, number, value in lists %}
select agreement_version, clause_id, '{{ kind }}' as item_kind, {{ number }} as item_no, {{ value }} as value
from {{ current_agreement(source("raw_agreement", table)) }} as {{ table }}
{{ 'union all' if not loop.last }}
{%- endfor %}
