-- Contacts of each deal as of its last fetch; the first (is_first) is the person the deal belongs to.
select
    deal_id,
    contact_id,
    position,
    row_number() over (partition by deal_id order by position asc, contact_id asc) = 1 as is_first
from {{ latest_sets(source("raw_rd_station_crm", "deal_contacts"), "deal_id", "contact_id", source("raw_rd_station_crm", "deals")) }} as deal_contacts
