-- Closed (won) deals of an exported list up to as_of.
select
    deal_key,
    handoff_key,
    {{ trunc_second("won_at") }} as won_at,
    coalesce(won_on, {{ local_date("won_at") }}) as won_on,
    seller_key,
    company_key,
    segment
from {{ latest_rows(source("raw_files", "deals"), "deal_key") }} as deals
where
    coalesce(won_at, cast('0001-01-01 00:00:00' as timestamp)) <= {{ as_of() }}
    and coalesce(won_on, {{ local_date("won_at") }}) <= {{ local_date(as_of()) }}
