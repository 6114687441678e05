-- The deal that each lead and each opportunity is part of: the lead's, where there was one. Of several leads converted into
-- one opportunity the first names the deal; a merged lead is part of the one that stayed.
{{ config(materialized="table") }}
with leads as (
    select
        lead_id,
        converted_opportunity_id,
        master_record_id,
        row_number() over (partition by converted_opportunity_id order by created_at asc, lead_id asc) as conversion_no
    from {{ latest_rows(source("raw_salesforce", "leads"), "lead_id") }} as lead_rows
),

conversions as (
    select
        converted_opportunity_id as opportunity_id,
        lead_id
    from leads
    where converted_opportunity_id is not null and conversion_no = 1
)

select
    leads.lead_id as record_id,
    'lead:' || coalesce(conversions.lead_id, leads.master_record_id, leads.lead_id) as deal_id
from leads
left join conversions on leads.converted_opportunity_id = conversions.opportunity_id

union all

select
    opportunities.opportunity_id as record_id,
    coalesce('lead:' || conversions.lead_id, opportunities.opportunity_id) as deal_id
from {{ latest_rows(source("raw_salesforce", "opportunities"), "opportunity_id") }} as opportunities
left join conversions on opportunities.opportunity_id = conversions.opportunity_id
