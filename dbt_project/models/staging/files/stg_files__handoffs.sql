-- Hand-overs of an exported list. The instant is null when the file has dates only; the channel is the file's own.
select
    handoff_key,
    coalesce(mql_on, {{ local_date("mql_at") }}) as mql_on,
    {{ trunc_second("mql_at") }} as mql_at,
    channel,
    landing_page,
    campaign,
    segment
from {{ latest_rows(source("raw_files", "handoffs"), "handoff_key") }} as handoffs
where
    coalesce(mql_at, cast('0001-01-01 00:00:00' as timestamp)) <= {{ as_of() }}
    and coalesce(mql_on, {{ local_date("mql_at") }}) <= {{ local_date(as_of()) }}
