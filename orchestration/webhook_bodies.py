"""Turns delivered webhook bodies into inbox rows: ids, stages and instants; names, e-mails and phones are dropped.

Body shapes: contracts of RD Station, A6 (Marketing, two generations) and B4 (CRM). The generations are told apart by
their top key. A body that is JSON but no event (the validation call of a new subscription) gives no rows.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]


class BadBody(ValueError):
    """The body claims to be an event but lacks what makes it one. The message never quotes the body."""


def rows_of(body: Any) -> list[Row]:
    """The inbox rows of one delivery (usually one; none when the body is no event). Raises BadBody."""
    if not isinstance(body, dict):
        raise BadBody("the body must be a JSON object")
    if "transaction_uuid" in body or str(body.get("event_name", "")).startswith("crm_"):
        return [_crm(body)]
    if "leads" in body:
        return [_legacy(lead) for lead in _list(body["leads"])]
    if "event_type" in body and "contact" in body:
        return [_marketing(body)]
    return []


def _marketing(body: Row) -> Row:
    contact = _object(body["contact"], "contact")
    funnel = contact.get("funnel") or {}
    row = {
        "system": "rd_station",
        "event_type": _text(body, "event_type"),
        "contact_uuid": _text(contact, "uuid"),
        "event_identifier": body.get("event_identifier"),
        "occurred_at": _instant(body.get("event_timestamp")),
        **_funnel(funnel),
    }
    key = (row["event_type"], row["contact_uuid"], row["event_identifier"], body.get("event_timestamp"))
    return {**row, "event_key": _key(*key)}


def _legacy(lead: Any) -> Row:
    """A hook made on screen: the lead's whole state, with no event of its own; its last conversion dates it."""
    lead = _object(lead, "leads[]")
    conversion = lead.get("last_conversion") or {}
    content = conversion.get("content") or {}
    row = {
        "system": "rd_station",
        "event_type": "WEBHOOK.LEGACY",
        "contact_uuid": _text(lead, "uuid"),
        "event_identifier": content.get("identificador") or conversion.get("source"),
        "occurred_at": _instant(conversion.get("created_at") or lead.get("created_at")),
        "lifecycle_stage": lead.get("lead_stage"),
        "opportunity": str(lead.get("opportunity")).lower() == "true",
        "fit": None,  # a letter in this generation; the figure comes with the next snapshot
        "interest": _integer(lead.get("interest")),
    }
    key = (row["contact_uuid"], row["event_identifier"], row["occurred_at"], row["lifecycle_stage"], row["opportunity"])
    return {**row, "event_key": _key("legacy", *key)}


def _crm(body: Row) -> Row:
    document = _object(body.get("document"), "document")
    name = _text(body, "event_name")
    row: Row = {
        "system": "rd_station_crm",
        "event_type": name,
        "event_key": _text(body, "transaction_uuid"),
        "occurred_at": _instant(body.get("event_timestamp")),
    }
    if not name.startswith("crm_deal"):
        deal = document.get("deal_id")  # tasks say which deal they belong to
        return {**row, "event_identifier": _text(document, "id"), "deal_id": deal}
    return {
        **row,
        "deal_id": _text(document, "id"),
        "deal_status": document.get("status"),
        "deal_stage_id": (document.get("deal_stage") or {}).get("id"),
        "deal_user_id": (document.get("user") or {}).get("id"),
    }


def _funnel(funnel: Row) -> Row:
    return {
        "lifecycle_stage": funnel.get("lifecycle_stage"),
        "opportunity": funnel.get("opportunity"),
        "fit": _integer(funnel.get("fit")),
        "interest": _integer(funnel.get("interest")),
    }


def _key(*parts: Any) -> str:
    return hashlib.md5("|".join(str(part) for part in parts).encode(), usedforsecurity=False).hexdigest()


def _object(value: Any, name: str) -> Row:
    if not isinstance(value, dict):
        raise BadBody(f"{name!r} must be an object")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadBody("'leads' must be a list")
    return value


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value or len(value) > 200:
        raise BadBody(f"{key!r} must be a text of 1 to 200 characters")
    return value


def _instant(value: Any) -> datetime:
    """UTC without a zone, as every instant in the state database."""
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadBody("the event's instant is missing or not ISO 8601") from None
    if instant.tzinfo is None:
        raise BadBody("the event's instant has no offset")
    return instant.astimezone(UTC).replace(tzinfo=None)


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
