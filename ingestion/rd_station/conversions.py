"""Conversion and opportunity events as rows with a key of their own: the service gives them none (A4)."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from typing import Any

from ingestion.judged import Judge
from ingestion.rows import Row, instant, text


def conversion_rows(uuid: str, events: list[Any], judge: Judge) -> list[Row]:
    """`conversions` rows of one contact.

    `event_key` = md5(contact | type | identifier | instant | ordinal among equal events), so reading an event again
    gives the same key and two real events of the same instant keep two. The caller passes whole stretches of time
    (all events from some instant on), or the ordinal would depend on where a page ended.
    An event without a readable instant, or with one that has not come, goes to quarantine: it could not be placed in any
    order, and whatever follows would seem to be read already.
    """
    rows, equal = [], Counter[tuple[str | None, str | None, datetime]]()
    dated = [(at, event) for event in events if (at := _instant(uuid, event, judge)) is not None]
    for at, event in sorted(dated, key=lambda pair: pair[0]):
        event_type, identifier = text(event.get("event_type")), text(event.get("event_identifier"))
        ordinal = equal[event_type, identifier, at]
        equal[event_type, identifier, at] += 1
        body = event.get("payload")
        payload: Row = body if isinstance(body, dict) else {}
        rows.append(
            {
                "contact_uuid": uuid,
                "event_type": event_type,
                "event_identifier": identifier,
                "occurred_at": at,
                **{key: text(payload.get(key)) for key in _TRAFFIC},
                "filled_fields": ",".join(sorted(key for key, value in payload.items() if _filled(value)))
                or None,
                "event_key": event_key(uuid, event_type, identifier, at, ordinal),
            }
        )
    return rows


def event_key(uuid: str, event_type: str | None, identifier: str | None, at: datetime, ordinal: int) -> str:
    """The event's identity; `at` is naive UTC and goes in with milliseconds."""
    stamp = at.isoformat(timespec="milliseconds")
    parts = "|".join((uuid, event_type or "", identifier or "", stamp, str(ordinal)))
    return hashlib.md5(parts.encode(), usedforsecurity=False).hexdigest()


_TRAFFIC = ("traffic_source", "traffic_medium", "traffic_campaign", "traffic_value")


def _instant(uuid: str, event: Any, judge: Judge) -> datetime | None:
    if not isinstance(event, dict):
        judge.refuse("conversions", uuid, "event_timestamp", "no event")
        return None
    at = when(event)
    if at is None:
        judge.refuse("conversions", uuid, "event_timestamp", "missing or not an instant")
    elif judge.is_ahead(at):
        judge.refuse("conversions", uuid, "event_timestamp", "lies in the future")
        return None
    return at


def when(event: Any) -> datetime | None:
    """The instant of an event (naive UTC); None when it has none that can be read."""
    try:
        return instant(event.get("event_timestamp")) if isinstance(event, dict) else None
    except ValueError:
        return None


def _filled(value: object) -> bool:
    return value not in (None, "", [], {})
