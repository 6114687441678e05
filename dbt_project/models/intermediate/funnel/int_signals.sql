-- MQL signals of a person: the opportunity mark, a deal made by the integration, a transition to "Qualified Lead", a
-- row of an exported list. One opening record each; `kind` fixes the order among equal instants.
with signals as (
    select
        person_id,
        1 as kind,
        'opportunity_mark' as origin,
        signal_at,
        {{ local_date("signal_at") }} as signal_date,
        signal_at as not_before,
        opening_record,
        contact_uuid
    from {{ ref("int_opportunity_marks") }}

    union all

    select
        person_id,
        2 as kind,
        'crm_deal' as origin,
        created_at as signal_at,
        {{ local_date("created_at") }} as signal_date,
        created_at as not_before,
        '{{ crm_system() }}:deal:' || deal_id as opening_record,
        cast(null as {{ dbt.type_string() }}) as contact_uuid
    from {{ ref("int_deals") }}
    where is_signal and person_id is not null

    union all

    select
        person_id,
        3 as kind,
        origin,
        signal_at,
        {{ local_date("signal_at") }} as signal_date,
        not_before,
        opening_record,
        contact_uuid
    from {{ ref("int_qualification_signals") }}

    union all

    select
        nodes.person_id,
        4 as kind,
        'file' as origin,
        handoffs.mql_at as signal_at,
        handoffs.mql_on as signal_date,
        handoffs.mql_at as not_before,
        'files:handoff:' || handoffs.handoff_key as opening_record,
        cast(null as {{ dbt.type_string() }}) as contact_uuid
    from {{ ref("stg_files__handoffs") }} as handoffs
    inner join {{ ref("int_person_nodes") }} as nodes on handoffs.person_node = nodes.node
)

select
    {{ hash_id("opening_record") }} as signal_id,
    person_id,
    kind,
    signal_at,
    signal_date,
    origin,
    not_before,
    opening_record,
    contact_uuid
from signals
