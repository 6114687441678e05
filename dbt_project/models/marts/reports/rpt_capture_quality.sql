-- Which form or landing page delivers leads that a seller cannot use: what the conversions of a month bring filled, and
-- what became of the hand-overs that were born there.
with refused as (
    select
        contact_uuid,
        max(case when kind = 'email' then 1 else 0 end) as has_email,
        max(case when kind = 'phone' then 1 else 0 end) as has_phone
    from {{ ref('stg_rd_station__contact_identifiers') }}
    where value is null and reject_reason is not null
    group by contact_uuid
),

filled as (
    select
        {{ period_start('month', local_date('c.occurred_at')) }} as period_start, c.event_identifier,
        count(*) as conversions,
        count(c.filled_fields) as judged,
        {%- for field, names in main_fields().items() %}
        sum(case when {% for name in names %}{{ is_filled('c.filled_fields', "'" ~ name ~ "'") }}
            {{- ' or ' if not loop.last }}{% endfor %} then 1 else 0 end) as with_{{ field }},
        {%- endfor %}
        count(distinct c.contact_uuid) as contacts,
        count(distinct case when r.has_email = 1 then c.contact_uuid end) as invalid_emails,
        count(distinct case when r.has_phone = 1 then c.contact_uuid end) as invalid_phones
    from {{ ref('int_conversions') }} as c
    left join refused as r on c.contact_uuid = r.contact_uuid
    where not c.is_return and not c.is_repeat
    group by 1, 2
),

born as (
    select
        {{ period_start('month', 'h.mql_date') }} as period_start, b.conversion_identifier,
        count(*) as handoffs,
        sum(case when h.status = 'rejected' then 1 else 0 end) as given_back,
        {%- for what, codes in unusable_reasons().items() %}
        sum(case when h.status = 'rejected' and h.rejection_reason in ('{{ codes | join("', '") }}') then 1 else 0 end)
            as given_back_{{ what }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_handoffs') }} as h
    inner join {{ ref('int_handoff_conversions') }} as b on h.handoff_id = b.handoff_id
    group by 1, 2
),

assets as (
    select
        identifier, asset_kind, name,
        row_number() over (
            partition by identifier order by updated_at desc nulls last, asset_kind asc, asset_id asc
        ) as place
    from {{ ref('stg_rd_station__assets') }}
    where identifier is not null
)

select
    coalesce(f.period_start, b.period_start) as period_start,
    coalesce(f.event_identifier, b.conversion_identifier) as conversion_identifier,
    a.asset_kind, a.name as asset_name,
    coalesce(f.conversions, 0) as conversions,
    coalesce(f.judged, 0) as judged,
    m.complete,
    {{ ratio('m.complete', 'f.judged') }} as complete_share,
    {%- for field in main_fields() %}
    {{ ratio('cast(f.with_' ~ field ~ ' as bigint)', 'f.judged') }} as {{ field }}_share,
    {%- endfor %}
    m.most_missing_field,
    {{ ratio('m.most_missing', 'f.judged') }} as most_missing_share,
    coalesce(f.contacts, 0) as contacts,
    coalesce(f.invalid_emails, 0) as invalid_emails,
    coalesce(f.invalid_phones, 0) as invalid_phones,
    coalesce(b.handoffs, 0) as handoffs,
    cast(coalesce(b.given_back, 0) as bigint) as given_back,
    {%- for what in unusable_reasons() %}
    cast(coalesce(b.given_back_{{ what }}, 0) as bigint) as given_back_{{ what }},
    {%- endfor %}
    {{ ratio('cast(b.given_back_invalid_contact + b.given_back_unreachable as bigint)', 'b.handoffs') }} as unusable_share
from filled as f
full outer join born as b on f.period_start = b.period_start and f.event_identifier = b.conversion_identifier
left join {{ ref('int_capture_fields') }} as m
    on f.period_start = m.period_start and f.event_identifier = m.conversion_identifier
left join assets as a on coalesce(f.event_identifier, b.conversion_identifier) = a.identifier and a.place = 1
