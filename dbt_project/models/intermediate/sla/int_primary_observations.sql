-- What each fetch of a passage's primary deal showed, in order: where the CRM keeps no history of owners and ratings, an
-- instant of theirs is known as an interval: after the fetch before (or the deal's creation), at this fetch at the latest.
select
    h.handoff_id,
    d.deal_id,
    row_number() over (
        partition by h.handoff_id order by s.observed_at asc, s.load_seq asc, s.row_seq asc
    ) as observation_no,
    s.observed_at,
    {% if crm_keeps_history() -%}
    s.observed_at as not_before,
    {%- else -%}
    coalesce(
        lag(s.observed_at) over (partition by h.handoff_id order by s.observed_at asc, s.load_seq asc, s.row_seq asc),
        d.created_at
    ) as not_before,
    {%- endif %}
    {% if crm_keeps_history() -%}
    s.observed_at as rating_not_before,
    {%- else -%}
    -- Only what showed a rating looked for one: a change of owner that the CRM tracks (no rating in it) did not.
    coalesce(
        max(case when s.rating is not null then s.observed_at end) over (
            partition by h.handoff_id order by s.observed_at asc, s.load_seq asc, s.row_seq asc
            rows between unbounded preceding and 1 preceding
        ),
        d.created_at
    ) as rating_not_before,
    {%- endif %}
    s.user_id,
    s.rating,
    least(s.observed_at, s.updated_at) as changed_by
from {{ ref('int_handoffs') }} as h
inner join {{ ref('int_deals') }} as d on h.primary_opportunity_id = d.opportunity_id
inner join {{ crm("deal_observations") }} as s on d.deal_id = s.deal_id
where s.observed_at <= {{ as_of() }}
