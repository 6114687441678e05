"""Bodies of RD Station as inbox rows: ids, stages and instants; names, e-mails and phones are dropped.

Shapes: contract of RD Station, A6 (Marketing, two generations) and B4 (CRM). They are told apart by their top key; a
body that is JSON but no event (the validation call of a new subscription) gives no rows. The CRM's deal events can be
subscribed in Marketing too, so both addresses take both.
"""

from __future__ import annotations

from typing import Any

from orchestration.senders.fields import (
    Row,
    as_object,
    instant,
    integer,
    key_of,
    optional_text,
    read_each,
    text,
)

MARKETING, CRM = "rd_station", "rd_station_crm"


def is_crm(body: Any) -> bool:
    """Whether a body is an event of the CRM."""
    return isinstance(body, dict) and ("transaction_uuid" in body or str(body.get("event_name", "")).startswith("crm_"))


def rows_of(body: Any) -> list[Row]:
    """The inbox rows of one delivery: usually one, none when the body is no event."""
    if is_crm(body):
        return read_each(CRM, [body], _crm)
    if not isinstance(body, dict):
        return read_each(MARKETING, [body], _marketing)
    if "leads" in body:
        leads = body["leads"]
        return read_each(MARKETING, leads if isinstance(leads, list) else [leads], _legacy)
    return read_each(MARKETING, [body], _marketing) if "event_type" in body and "contact" in body else []


def _marketing(body: Row) -> Row:
    contact = as_object(body.get("contact"), "'contact'")
    row = {
        "event_type": text(body, "event_type"),
        **_contact(text(contact, "uuid")),
        "event_identifier": optional_text(body.get("event_identifier")),
        "occurred_at": instant(body.get("event_timestamp")),
        **_funnel(contact.get("funnel")),
    }
    key = (row["event_type"], row["contact_uuid"], body.get("event_identifier"), body.get("event_timestamp"))
    return {**row, "event_key": key_of(*key)}


def _legacy(lead: Row) -> Row:
    """A hook made on screen: the lead's whole state, with no event of its own; its last conversion dates it."""
    conversion = as_object(lead.get("last_conversion") or {}, "'last_conversion'")
    content = as_object(conversion.get("content") or {}, "'content'")
    row = {
        "event_type": "WEBHOOK.LEGACY",
        **_contact(text(lead, "uuid")),
        "event_identifier": optional_text(content.get("identificador") or conversion.get("source")),
        "occurred_at": instant(conversion.get("created_at") or lead.get("created_at")),
        "lifecycle_stage": optional_text(lead.get("lead_stage")),
        "opportunity": str(lead.get("opportunity")).lower() == "true",
        "fit": None,  # a letter in this generation; the figure comes with the next snapshot
        "interest": integer(lead.get("interest")),
    }
    key = (row["contact_uuid"], row["event_identifier"], row["occurred_at"], row["lifecycle_stage"], row["opportunity"])
    return {**row, "event_key": key_of("legacy", *key)}


def _crm(body: Row) -> Row:
    document = as_object(body.get("document"), "'document'")
    name, key = text(body, "event_name"), text(document, "id")
    entity, _, action = name.removeprefix("crm_").rpartition("_")
    row: Row = {
        "event_type": name,
        "event_key": text(body, "transaction_uuid"),
        "occurred_at": instant(body.get("event_timestamp")),
        "object_kind": entity,
        "object_id": key,
        "change_kind": "deleted" if action == "deleted" else "changed",
    }
    if entity != "deal":
        return {**row, "event_identifier": key, "deal_id": optional_text(document.get("deal_id"))}  # tasks name one
    return {
        **row,
        "deal_id": key,
        "deal_status": optional_text(document.get("status")),
        "deal_stage_id": _id_in(document.get("deal_stage")),
        "deal_user_id": _id_in(document.get("user")),
    }


def _contact(uuid: str) -> Row:
    return {"contact_uuid": uuid, "object_kind": "contact", "object_id": uuid, "change_kind": "changed"}


def _funnel(funnel: Any) -> Row:
    funnel = as_object(funnel or {}, "'funnel'")
    opportunity = funnel.get("opportunity")
    return {
        "lifecycle_stage": optional_text(funnel.get("lifecycle_stage")),
        "opportunity": opportunity if isinstance(opportunity, bool) else None,
        "fit": integer(funnel.get("fit")),
        "interest": integer(funnel.get("interest")),
    }


def _id_in(value: Any) -> str | None:
    return optional_text(value.get("id")) if isinstance(value, dict) else None
