"""Bodies of HubSpot as inbox rows: an array of up to 100 events, one row each (contract of the CRMs, 3.8).

Property values are dropped: only which object changed is kept, and for a property change the property's name.
`eventId` is not unique, so an event is told apart by account, subscription, number, instant and object.
"""

from __future__ import annotations

from typing import Any

from orchestration.senders.fields import Row, as_list, epoch, identifier, key_of, optional_text, read_each

SYSTEM = "hubspot"
# Generic `object.*` subscriptions name the kind by its type id; leads can be had in no other way.
KIND_OF_TYPE = {"0-1": "contact", "0-2": "company", "0-3": "deal", "0-136": "lead"}


def rows_of(body: Any) -> list[Row]:
    """The inbox rows of one delivery. A single event instead of an array is taken as well."""
    return read_each(SYSTEM, body if isinstance(body, list) else [body] if body else [], _event)


def _event(event: Row) -> Row:
    name = identifier(event, "subscriptionType" if "subscriptionType" in event else "eventType")
    kind, _, action = name.partition(".")
    if kind == "object":
        type_id = identifier(event, "objectTypeId")
        kind = KIND_OF_TYPE.get(type_id, type_id)
    row: Row = {
        "event_type": name,
        "occurred_at": epoch(event.get("occurredAt"), 1000),
        "event_identifier": optional_text(event.get("propertyName")),
        "object_kind": kind,
        **_change(action, event),
    }
    parts = [event.get(key) for key in ("portalId", "subscriptionId", "eventId", "occurredAt", "toObjectId")]
    return {**row, "event_key": key_of(name, row["object_id"], row["event_identifier"], *parts)}


def _change(action: str, event: Row) -> Row:
    if action == "merge":
        survivor = identifier(event, "newObjectId" if event.get("newObjectId") else "primaryObjectId")
        merged = as_list(event.get("mergedObjectIds"), "'mergedObjectIds'")
        gone = [identifier({"id": one}, "id") for one in [*merged, event.get("primaryObjectId") or survivor]]
        return {
            "object_id": survivor, "change_kind": "merged",
            "merged_ids": ",".join(dict.fromkeys(one for one in gone if one != survivor)),
        }  # fmt: skip
    key = identifier(event, "fromObjectId" if action == "associationChange" else "objectId")
    return {"object_id": key, "change_kind": "deleted" if action in ("deletion", "privacyDeletion") else "changed"}
