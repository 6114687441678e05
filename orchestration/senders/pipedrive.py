"""Bodies of Pipedrive as inbox rows: webhooks v2, and v1, which older hooks still send (contract of the CRMs, 5.8).

Only `meta` is read: which object, what happened, when. A merge comes in v2 as the deletion of the loser, whose `meta`
names the winner, and a change of the winner; v1 has an action of its own for it.
"""

from __future__ import annotations

from typing import Any

from orchestration.senders.fields import Row, as_object, epoch, identifier, instant, key_of, read_each, text

SYSTEM = "pipedrive"


def rows_of(body: Any) -> list[Row]:
    """The inbox rows of one delivery: one, or none for a body that is no event."""
    if isinstance(body, dict) and "meta" not in body:
        return []
    return read_each(SYSTEM, [body], _event)


def _event(body: Row) -> Row:
    meta = as_object(body.get("meta"), "'meta'")
    return _second(meta) if "entity" in meta else _first(meta)


def _second(meta: Row) -> Row:
    entity, key, action = text(meta, "entity"), identifier(meta, "entity_id"), text(meta, "action")
    row = {
        "event_type": f"{action}.{entity}",
        "event_key": text(meta, "id"),
        "occurred_at": instant(meta.get("timestamp")),
        "object_kind": entity,
    }
    if action == "delete" and meta.get("merged_to_id"):
        return {**row, **_merged(identifier(meta, "merged_to_id"), key)}
    return {**row, "object_id": key, "change_kind": "deleted" if action == "delete" else "changed"}


def _first(meta: Row) -> Row:
    entity, key, action = text(meta, "object"), identifier(meta, "id"), text(meta, "action")
    precise = "timestamp_micro" in meta
    at = meta.get("timestamp_micro" if precise else "timestamp")
    return {
        "event_type": f"{action}.{entity}",
        "event_key": key_of("v1", meta.get("company_id"), entity, key, action, at),
        "occurred_at": epoch(at, 1_000_000 if precise else 1),
        "object_kind": entity,
        "object_id": key,
        # v1 does not say who went into whom; reading the object back does.
        "change_kind": "deleted" if action == "deleted" else "changed",
    }


def _merged(winner: str, loser: str) -> Row:
    return {"object_id": winner, "change_kind": "merged", "merged_ids": loser}
