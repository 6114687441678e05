-- One row per contact.
{{ crm_contacts(source("raw_hubspot", "contacts"), organization="company_id") }}
