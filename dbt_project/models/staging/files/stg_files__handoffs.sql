-- Hand-overs of an exported list, and what sales did with each as far as the file says. Instants are null where the file
-- has dates only, or nothing; the channel is the file's own. Rows of one person_key are one person.
select
    handoff_key,
    coalesce('files:person:' || person_key, 'files:' || handoff_key) as person_node,
    coalesce(person_key, handoff_key) as person_key,
    seller_key,
    coalesce(mql_on, {{ local_date("mql_at") }}) as mql_on,
    {{ trunc_second("mql_at") }} as mql_at,
    channel,
    landing_page,
    campaign,
    segment,
    temperature,
    {{ happened("assigned_at") }} as assigned_at,
    {{ happened("accepted_at") }} as accepted_at,
    {{ happened("sql_at") }} as sql_at,
    {{ happened("opportunity_at") }} as opportunity_at,
    {{ happened("proposal_at") }} as proposal_at,
    {{ happened("rejected_at") }} as rejected_at,
    {{ happened("lost_at") }} as lost_at,
    {{ happened("closed_at") }} as closed_at,
    nullif(trim(reason), '') as reason,
    rating,
    first_load_seq
from {{ latest_rows(source("raw_files", "handoffs"), "handoff_key", since=true) }} as handoffs
where
    coalesce(mql_at, cast('0001-01-01 00:00:00' as timestamp)) <= {{ as_of() }}
    and coalesce(mql_on, {{ local_date("mql_at") }}) <= {{ local_date(as_of()) }}
