-- What each hand-over was like when it was passed on, one row per trait: where it came from, what the company does, how
-- well RD Station scored it (bands as wide as var score_band_points). A trait that is not known has the value `unknown`.
with traits as (
    select
        h.handoff_id, h.channel, h.campaign_id, h.temperature, b.conversion_identifier as form, c.segment,
        {{ score_band('h.fit_score') }} as fit_band,
        {{ score_band('h.interest_score') }} as interest_band
    from {{ ref('int_handoffs') }} as h
    left join {{ ref('int_handoff_conversions') }} as b on h.handoff_id = b.handoff_id
    left join {{ ref('int_companies') }} as c on h.company_id = c.company_id
)

{% for trait in ['channel', 'campaign_id', 'form', 'segment', 'temperature', 'fit_band', 'interest_band'] -%}
select handoff_id, '{{ trait }}' as trait, coalesce({{ trait }}, 'unknown') as value from traits
{{ "union all" if not loop.last }}
{% endfor %}
