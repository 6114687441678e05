"""Contacts and companies. Phones, e-mails, CPF and CNPJ land normalised; free text does not land."""

from __future__ import annotations

from ingestion.hubspot.settings import HubspotConfig, Properties
from ingestion.identifiers import identifier_rows
from ingestion.normalize import STATES, normalize_cnpj, web_domain
from ingestion.rows import Row, instant, text
from ingestion.runner import Tables


def contact_properties(own: Properties) -> list[str]:
    """The properties asked for."""
    names = ["firstname", "lastname", "email", "hs_additional_emails", "phone", "mobilephone", "jobtitle",
             "hs_merged_object_ids", own.rd_uuid, own.cpf]  # fmt: skip
    return [name for name in names if name]


def company_properties(own: Properties) -> list[str]:
    """The properties asked for."""
    names = ["name", "domain", "state", "hs_merged_object_ids", own.cnpj, own.segment]
    return [name for name in names if name]


def contact_tables(body: Row, companies: list[str], config: HubspotConfig) -> Tables:
    """A contact. ValueError, TypeError or KeyError: it cannot be read."""
    key, values, own = str(body["id"]), dict(body["properties"]), config.properties
    row = {
        "contact_id": key,
        "name": text(f"{values.get('firstname') or ''} {values.get('lastname') or ''}"),
        "job_title": text(values.get("jobtitle")),
        "company_id": companies[0] if companies else None,
        "integration_id": text(values.get(own.rd_uuid)) if own.rd_uuid else None,
        "created_at": instant(body.get("createdAt")),
        "updated_at": instant(body.get("updatedAt")),
        "is_deleted": False,
    }
    identifiers = identifier_rows(
        {"contact_id": key},
        emails=[values.get("email"), *str(values.get("hs_additional_emails") or "").split(";")],
        phones=[values.get("phone"), values.get("mobilephone")],
        cpfs=[values.get(own.cpf)] if own.cpf else [],
    )
    return {"contacts": [row], "contact_identifiers": identifiers}


def company_tables(body: Row, config: HubspotConfig) -> Tables:
    """A company; a CNPJ that is none goes to quarantine by its reason."""
    key, values, own = str(body["id"]), dict(body["properties"]), config.properties
    cnpj = normalize_cnpj(text(values.get(own.cnpj)) if own.cnpj else None)
    state = str(values.get("state") or "").strip().upper()
    row = {
        "company_id": key,
        "name": text(values.get("name")),
        "cnpj": cnpj.value,
        "cnpj_root": cnpj.root,
        "domain": web_domain(values.get("domain")),
        "segment": text(values.get(own.segment)) if own.segment else None,
        "state": state if state in STATES else None,
        "created_at": instant(body.get("createdAt")),
        "updated_at": instant(body.get("updatedAt")),
        "is_deleted": False,
    }
    if cnpj.reason in (None, "empty"):
        return {"companies": [row]}
    refused = {"source_table": "companies", "record_key": key, "column_name": "cnpj", "reason": cnpj.reason}
    return {"companies": [row], "quarantine": [refused]}


def merged_ids(body: Row) -> list[str]:
    """Ids of the records that this one absorbed."""
    values = body.get("properties")
    value = values.get("hs_merged_object_ids") if isinstance(values, dict) else None  # a record without is unreadable elsewhere
    return [key.strip() for key in str(value or "").split(";") if key.strip().isdigit()]
