-- One row per CRM contact.
{{ crm_contacts(source("raw_pipedrive", "contacts")) }}
