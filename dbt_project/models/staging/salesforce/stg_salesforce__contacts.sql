-- One row per person: Contacts, and the persons of leads that were not converted (the Contact stands for them then).
{{ crm_contacts(source("raw_salesforce", "contacts")) }}
where last_rows.converted_to is null
