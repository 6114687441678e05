-- Where a published judgement was not the last word: each change of a verdict after it was first published, from the
-- ledger, and what this very run found. A clock that was broken without contact and now shows the late contact is not
-- restated: nothing that was known then has changed.
with known as (
    select * from {{ ref('stg_ledger__verdicts') }}
),

latest as (
    select k.*
    from known as k
    inner join (select verdict_id, max(entry_no) as entry_no from known group by verdict_id) as m
        on k.verdict_id = m.verdict_id and k.entry_no = m.entry_no
),

entries as (
    select
        verdict_id, entry_no, verdict, reason, agreement_hash, due_at, met_at, elapsed_seconds, business_seconds,
        known_at, false as is_new
    from known
    union all
    select
        k.verdict_id, k.entry_no + 1, coalesce(v.verdict, 'withdrawn'), v.reason, v.agreement_hash, v.due_at, v.met_at,
        v.elapsed_seconds, v.business_seconds, {{ as_of() }}, true
    from latest as k
    left join {{ ref('fct_sla_verdicts') }} as v on k.verdict_id = v.verdict_id
),

changes as (
    select
        f.clause_id, f.subject_type, f.subject_id, f.agreement_version, n.verdict_id, n.is_new,
        n.entry_no - 1 as restatement_no,
        case
            when n.verdict = 'withdrawn' then 'withdrawn'
            when n.agreement_hash <> p.agreement_hash then 'agreement_restated'
            when n.verdict = 'waived' or p.verdict = 'waived' then 'waiver'
            else 'late_data'
        end as cause,
        f.verdict as first_verdict, f.reason as first_reason, f.known_at as first_known_at,
        {% for column in ['verdict', 'reason', 'agreement_hash', 'due_at', 'met_at', 'elapsed_seconds',
                          'business_seconds', 'known_at'] -%}
        p.{{ column }} as old_{{ column }}, n.{{ column }} as new_{{ column }},
        {% endfor -%}
        n.verdict = p.verdict and p.met_at is null and n.met_at > p.known_at as is_progress
    from entries as n
    inner join entries as p on n.verdict_id = p.verdict_id and n.entry_no = p.entry_no + 1
    inner join known as f on n.verdict_id = f.verdict_id and f.entry_no = 1
    where n.verdict is distinct from p.verdict or (n.verdict <> 'withdrawn' and (
        {% for column in ['reason', 'agreement_hash', 'due_at', 'met_at', 'elapsed_seconds', 'business_seconds'] -%}
        n.{{ column }} is distinct from p.{{ column }}{{ ' or ' if not loop.last }}
        {%- endfor %}))
)

select
    {{ hash_id("verdict_id || '|' || " ~ as_text('restatement_no')) }} as restatement_id,
    verdict_id, restatement_no, cause, is_new, clause_id, subject_type, subject_id, agreement_version,
    first_verdict, first_reason, first_known_at,
    old_verdict, old_reason, old_due_at, old_met_at, old_elapsed_seconds, old_business_seconds, old_agreement_hash,
    old_known_at,
    new_verdict, new_reason, new_due_at, new_met_at, new_elapsed_seconds, new_business_seconds, new_agreement_hash,
    new_known_at as known_at
from changes
where not coalesce(is_progress, false)
