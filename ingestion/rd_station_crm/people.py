"""Contacts and organizations of the CRM. Phones, e-mails and CNPJ land normalised; free text does not land."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ingestion.identifiers import identifier_rows
from ingestion.normalize import STATES, normalize_cnpj, web_domain
from ingestion.plausible import BadRecordError
from ingestion.rows import Row, instant, text
from ingestion.runner import Tables


def contact_tables(body: Row, integration_id: str | None) -> Tables:
    """A v2 contact. `integration_id` looks like the Marketing uuid; only v1's organization detail has it (C1)."""
    contact_id = str(body["id"])
    row = {
        "contact_id": contact_id,
        "name": text(body.get("name")),
        "job_title": text(body.get("job_title")),
        "organization_id": text(body.get("organization_id")),
        "integration_id": integration_id,
        "created_at": instant(body.get("created_at")),
        "updated_at": instant(body.get("updated_at")),
        "is_deleted": False,
    }
    identifiers = identifier_rows(
        {"contact_id": contact_id},
        emails=[entry.get("email") for entry in _entries(body, "emails")],
        phones=[entry.get("phone") for entry in _entries(body, "phones")],
    )
    return {"contacts": [row], "contact_identifiers": identifiers}


def _entries(body: Row, name: str) -> list[Row]:
    found = body.get(name) or []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BadRecordError(name, "not a list of objects")
    return found


def deleted_contact(contact_id: str) -> Tables:
    """A contact that does not exist any more."""
    return {"contacts": [{"contact_id": contact_id, "is_deleted": True}]}


def organization_tables(body: Row, cnpj_slug: str, segments: Mapping[str, str]) -> Tables:
    """A v2 organization; a CNPJ that is none goes to quarantine by its reason."""
    organization_id = str(body["id"])
    custom = body.get("custom_fields")
    fields = custom if isinstance(custom, dict) else {}
    cnpj = normalize_cnpj(text(fields.get(cnpj_slug)))
    names = [segments.get(str(key)) for key in body.get("segment_ids") or []]
    row = {
        "organization_id": organization_id,
        "name": text(body.get("name")),
        "cnpj": cnpj.value,
        "cnpj_root": cnpj.root,
        "domain": web_domain(body.get("url")),
        "segment": next((name for name in names if name), None),
        "state": state_of(fields, body.get("address")),
        "created_at": instant(body.get("created_at")),
        "updated_at": instant(body.get("updated_at")),
    }
    if cnpj.reason in (None, "empty"):
        return {"organizations": [row]}
    refused = {
        "source_table": "organizations",
        "record_key": organization_id,
        "column_name": "cnpj",
        "reason": cnpj.reason,
    }
    return {"organizations": [row], "quarantine": [refused]}


def integration_ids(detail: Row) -> dict[str, str]:
    """Contact id → Marketing uuid, from v1's organization detail."""
    found = {}
    for contact in detail.get("contacts") or []:
        key, value = text(contact.get("id") or contact.get("_id")), text(contact.get("integration_id"))
        if key and value and contact.get("integration_type") in (None, "RD_STATION"):
            found[key] = value
    return found


def state_of(fields: Mapping[str, Any], address: Any) -> str | None:
    """The two letters of the state: a custom field named so, else the end of the address line."""
    for key in ("uf", "estado", "state"):
        value = str(fields.get(key) or "").strip().upper()
        if value in STATES:
            return value
    line = address.get("line") if isinstance(address, dict) else address
    match = re.search(r"\b([A-Z]{2})\W*(?:\d{5}-?\d{3}\W*)?$", line or "")
    return match[1] if match and match[1] in STATES else None
