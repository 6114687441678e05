"""What the bodies of all senders have in common: checked fields, keys of events, and what becomes of a bad one.

An event that cannot be read is kept as a row with a `refusal`, never answered with an error: RD Station CRM suspends
and Pipedrive bans a receiver that keeps failing, and the good events would be lost with the bad one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

Row = dict[str, Any]
LONGEST_TEXT = 200
LARGEST_INTEGER = 2**31 - 1  # columns of the inbox are 32 bit on PostgreSQL


class BadEvent(ValueError):
    """The body claims to be an event but lacks what makes it one. The message never quotes a value."""


def read_each(system: str, items: Iterable[Any], read: Callable[[Row], Row]) -> list[Row]:
    """One inbox row per item; an item that cannot be read becomes a refused row, and the others stay good."""
    rows: list[Row] = []
    for item in items:
        try:
            rows.append({"system": system, **read(as_object(item, "the event"))})
        except BadEvent as error:
            key = hashlib.sha256(orjson.dumps(item)).hexdigest()[:32]
            rows.append({"system": system, "event_type": "refused", "event_key": key, "refusal": str(error)})
    return rows


def key_of(*parts: Any) -> str:
    """The identity of an event whose sender gives it none: a hash of what tells it apart."""
    return hashlib.md5("|".join(str(part) for part in parts).encode(), usedforsecurity=False).hexdigest()


def as_object(value: Any, name: str) -> Row:
    if not isinstance(value, dict):
        raise BadEvent(f"{name} must be an object")
    return value


def as_list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadEvent(f"{name} must be a list")
    return value


def text(row: Row, key: str) -> str:
    """A text that every database can hold (PostgreSQL refuses NUL)."""
    value = row.get(key)
    if not isinstance(value, str) or not value or len(value) > LONGEST_TEXT or "\x00" in value:
        raise BadEvent(f"{key!r} must be a text of 1 to {LONGEST_TEXT} characters")
    return value


def optional_text(value: Any) -> str | None:
    """A text or None; anything else, and a text no database would take, is None."""
    return value if isinstance(value, str) and len(value) <= LONGEST_TEXT and "\x00" not in value else None


def identifier(row: Row, key: str) -> str:
    """An id, which some senders write as a number and some as text."""
    value = row.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(row, key)


def integer(value: Any) -> int | None:
    """A number the inbox can hold, else None."""
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_INTEGER
    return value if fits else None


def instant(value: Any) -> datetime:
    """ISO 8601 with an offset as UTC without a zone, as every instant in the state database."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadEvent("the event's instant is missing or not ISO 8601") from None
    if moment.tzinfo is None:
        raise BadEvent("the event's instant has no offset")
    return _utc(moment)


def epoch(value: Any, per_second: int) -> datetime:
    """Seconds (1), milliseconds (1000) or microseconds (1,000,000) since 1970 as UTC without a zone."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadEvent("the event's instant is missing or not a number")
    try:
        return _utc(datetime.fromtimestamp(value / per_second, UTC))
    except (OverflowError, ValueError, OSError):
        raise BadEvent("the event's instant is out of range") from None


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise BadEvent("the event's instant is out of range") from None
