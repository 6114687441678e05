-- By which e-mail the agreement knows a seller (calendars, absences, waivers): the CRM's users, and sellers of exported
-- lists whom the file names by their e-mail.
select
    {{ seller_id("user_id") }} as seller_id,
    lower(trim(email)) as email,
    team_name
from {{ crm("users") }}

union all

select distinct
    {{ hash_id("'files:seller:' || seller_key") }} as seller_id,
    lower(trim(seller_key)) as email,
    cast(null as {{ dbt.type_string() }}) as team_name
from (
    select seller_key from {{ ref("stg_files__handoffs") }}
    union
    select seller_key from {{ ref("stg_files__attempts") }}
    union
    select seller_key from {{ ref("stg_files__deals") }}
) as sellers
where seller_key like '%@%'
