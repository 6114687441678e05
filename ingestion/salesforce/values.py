"""Values of Salesforce records, read strictly: what is not of its type raises `Unreadable`, and the record is refused."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from ingestion.rows import Row, instant, money
from ingestion.salesforce.settings import TEXT_LIMIT


class Unreadable(ValueError):
    """A field of a record is missing or not of its type."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def value(record: Row, field: str | None) -> Any:
    """The value of a field that was asked for, `Campaign.Name` too; None for no field."""
    if field is None:
        return None
    if field in record:  # nearly always: a field of the record itself
        return record[field]
    found: Any = record
    for part in field.split("."):
        if found is None:
            return None
        if not isinstance(found, dict):
            raise Unreadable(field, "wrong_type")
        if part not in found:
            raise Unreadable(field, "missing_field")
        found = found[part]
    return found


def text(record: Row, field: str | None) -> str | None:
    """A text, trimmed; numbers of a text field in their shortest form."""
    found = value(record, field)
    if found is None:
        return None
    if not isinstance(found, str):
        if isinstance(found, bool | dict | list):
            raise Unreadable(str(field), "wrong_type")
        found = str(found)
    words = found.strip()
    if len(words) > TEXT_LIMIT:
        raise Unreadable(str(field), "too_long")
    return words or None


def record_id(record: Row, field: str = "Id") -> str:
    """The id of a record: 15 or 18 letters and digits."""
    found = text(record, field)
    if found is None or not found.isascii() or not found.isalnum() or len(found) not in (15, 18):
        raise Unreadable(field, "wrong_type")
    return found


def flag(record: Row, field: str) -> bool:
    """A checkbox."""
    found = value(record, field)
    if not isinstance(found, bool):
        raise Unreadable(field, "wrong_type")
    return found


def moment(record: Row, field: str) -> datetime | None:
    """A date-time as naive UTC; a date without time is none."""
    found = text(record, field)
    if found is None:
        return None
    try:
        read = instant(found) if "T" in found else None
    except ValueError:
        read = None
    if read is None:
        raise Unreadable(field, "wrong_type")
    return read


def amount(record: Row, field: str | None) -> Decimal | None:
    """Money as decimal(18,2)."""
    found = value(record, field)
    if found is None:
        return None
    read = money(found) if isinstance(found, int | float | str) else None
    if read is None or not read.is_finite() or abs(read) >= Decimal(10) ** 16:
        raise Unreadable(str(field), "wrong_type")
    return read
