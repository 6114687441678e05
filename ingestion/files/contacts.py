"""Contacts of RD Station or of a CRM from an exported list: their keys, identifiers and what the export says of each.

Where the list has the system's own id, that is the key, so that list and API speak of the same record. Else the e-mail is,
as a hash: staging lets such a row go as soon as the API, or a list with ids, has a contact with that e-mail.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from ingestion.identifiers import identifier_rows
from ingestion.normalize import normalize_email
from ingestion.rows import Row
from ingestion.tables import TableSpec, parse_columns

_IDENTIFYING = ("email", "phone", "mobile_phone", "personal_phone", "cpf")
# What a mapping may fill; e-mails, phones and CPFs become rows of the identifiers table.
SPECS = {
    name: TableSpec("raw_files", name, parse_columns(columns))
    for name, columns in {
        "rd_station_contacts": """contact_uuid email phone mobile_phone personal_phone cpf name job_title city state
            created_at:timestamp lifecycle_stage contact_owner_email interest:int communication tags conversions:int
            first_conversion_at:timestamp first_conversion_origin last_conversion_at:timestamp last_conversion_origin
            opportunity_at:timestamp""",
        "crm_contacts": """contact_id email phone mobile_phone personal_phone cpf name job_title integration_id
            created_at:timestamp updated_at:timestamp""",
    }.items()
}
KEYS = {"rd_station_contacts": "contact_uuid", "crm_contacts": "contact_id"}
IDENTIFIERS = {"rd_station_contacts": "rd_station_identifiers", "crm_contacts": "crm_identifiers"}
STAGES = ("Lead", "Qualified Lead", "Client")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
# How lists say that somebody must not be written to. Only a refusal is taken over: leave to write is never read into a
# text, the API says it (unknown consent is refused at the push-back).
_DECLINED = frozenset(
    {"false", "não", "nao", "no", "n", "0", "declined", "opt-out", "optout", "descadastrado", "descadastrada",
     "unsubscribed", "recusado", "negado", "inativo", "bloqueado"}
)  # fmt: skip


def complete(name: str, row: Row) -> str | None:
    """Give a converted row its key, in place; returns the reason why it can have none.

    Rows of other tables are left alone.
    """
    if name not in KEYS:
        return None
    key = KEYS[name]
    if row.get(key) is not None and name == "rd_station_contacts":
        # The list shows the contact's public address, which ends in its uuid; a contact has no other id there.
        found = _UUID.search(str(row[key]))
        row[key] = found[0].lower() if found else None
    row["is_alias"] = row.get(key) is None
    if row["is_alias"]:
        email = normalize_email(row.get("email"))
        if email.value is None:
            return f"has neither an id nor an e-mail that can be used ({email.reason})"
        row[key] = alias(email.value)
    return None


def alias(email: str) -> str:
    """The key of a contact that is known by its e-mail alone."""
    return f"sha256:{sha256(email.encode()).hexdigest()[:32]}"


def landed(name: str, rows: list[Row], file: Path) -> dict[str, list[Row]]:
    """Rows of a canonical table as the raw tables they go to. `file`: its age says when the list was exported."""
    if name not in KEYS:
        return {name: rows}
    observed_at = datetime.fromtimestamp(file.stat().st_mtime, UTC).replace(tzinfo=None, microsecond=0)
    contacts, identifiers = [], list[Row]()
    for given in rows:
        row = {**given, "observed_at": observed_at, "file_name": file.name}
        values = {column: row.pop(column, None) for column in _IDENTIFYING}
        identifiers += identifier_rows(
            {KEYS[name]: row[KEYS[name]]},
            emails=[values["email"]],
            phones=[values["phone"], values["mobile_phone"], values["personal_phone"]],
            cpfs=[values["cpf"]],
        )
        if name == "rd_station_contacts":
            _rd_station(row)
        contacts.append(row)
    return {name: contacts, IDENTIFIERS[name]: identifiers}


def _rd_station(row: Row) -> None:
    """What of a lead's row is said in other words here: origins of conversions, the refusal of mail."""
    for which in ("first", "last"):
        medium, _, source = str(row.pop(f"{which}_conversion_origin", None) or "").rpartition("|")
        row[f"{which}_source"], row[f"{which}_medium"] = source.strip().lower() or None, medium.strip().lower() or None
    said = str(row.pop("communication", None) or "").strip().casefold()
    row["legal_status"] = "declined" if said in _DECLINED else None
    if "@" not in str(row.get("contact_owner_email") or ""):
        row["contact_owner_email"] = None  # some lists name the owner instead: a name finds nobody in the CRM
