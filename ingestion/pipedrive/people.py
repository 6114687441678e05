"""Persons and organizations. Phones, e-mails, CPF and CNPJ land normalised; free text does not land."""

from __future__ import annotations

from typing import Any

from ingestion.identifiers import identifier_rows
from ingestion.normalize import STATE_NAMES, STATES, normalize_cnpj, web_domain
from ingestion.pipedrive.records import customs, fingerprint, key, moment, reference
from ingestion.pipedrive.settings import PipedriveConfig
from ingestion.plausible import BadRecordError
from ingestion.rows import Row, text
from ingestion.runner import Tables


def contact_tables(body: Row, config: PipedriveConfig) -> Tables:
    """A person with its identifiers, the primary ones first. The fingerprint covers them: a new phone alone is news."""
    contact_id, fields, names = key(body), customs(body), config.fields
    row: Row = {
        "contact_id": contact_id,
        "name": text(body.get("name")),
        "job_title": text(body.get("job_title")),
        "organization_id": reference(body, "org_id"),
        "integration_id": text(fields.get(names.rd_uuid or "")),
        "created_at": moment(body, "add_time", needed=True),
        "updated_at": moment(body, "update_time", needed=True),
        "is_deleted": body.get("is_deleted") is True,
    }
    identifiers = identifier_rows(
        {"contact_id": contact_id},
        emails=_values(body, "emails"),
        phones=_values(body, "phones"),
        cpfs=[fields[names.cpf]] if names.cpf and fields.get(names.cpf) else (),
    )
    print_ = fingerprint({**row, "identifiers": [(one["kind"], one["value"], one["reject_reason"]) for one in identifiers]})
    return {"contacts": [{**row, "fingerprint": print_}], "contact_identifiers": identifiers}


def organization_tables(body: Row, config: PipedriveConfig) -> Tables:
    """An organization; a CNPJ that is none goes to quarantine by its reason."""
    organization_id, fields = key(body), customs(body)
    cnpj = normalize_cnpj(text(fields.get(config.fields.cnpj or "")))
    address = body.get("address")
    row: Row = {
        "organization_id": organization_id,
        "name": text(body.get("name")),
        "cnpj": cnpj.value,
        "cnpj_root": cnpj.root,
        "domain": web_domain(body.get("website")),
        "segment": text(body.get("industry")),
        "state": state_of(address.get("admin_area_level_1") if isinstance(address, dict) else None),
        "created_at": moment(body, "add_time", needed=True),
        "updated_at": moment(body, "update_time", needed=True),
    }
    tables: Tables = {"organizations": [{**row, "fingerprint": fingerprint(row)}]}
    if cnpj.reason not in (None, "empty"):
        refused = {"source_table": "organizations", "record_key": organization_id, "column_name": "cnpj", "reason": cnpj.reason}
        tables["quarantine"] = [refused]
    return tables


def _values(body: Row, name: str) -> list[Any]:
    rows = body.get(name)
    if rows is not None and not isinstance(rows, list):
        raise BadRecordError(name, "not a list")
    found = [row for row in rows or [] if isinstance(row, dict)]
    return [row.get("value") for row in sorted(found, key=lambda row: row.get("primary") is not True)]


def state_of(area: Any) -> str | None:
    """The two letters of the state, which the address search writes out or abbreviates."""
    name = str(area or "").strip()
    return name.upper() if name.upper() in STATES else STATE_NAMES.get(name.lower().removeprefix("estado de "))
