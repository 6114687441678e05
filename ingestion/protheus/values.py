"""Raw values of Protheus as ours. Rules: protheus.md 1.4 to 1.6 and rules 4 to 6 of its section 0."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from ingestion.rows import instant


class BadValue(ValueError):
    """A value that is not what its column promises; `reason` goes to quarantine."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def text(value: Any) -> str | None:
    """Without the padding on the right; blanks alone are None. Bytes are code page 1252, the application's own."""
    if value is None:
        return None
    if isinstance(value, bytes | bytearray | memoryview):
        value = bytes(value).decode("cp1252", "replace")
    # PostgreSQL refuses NUL in text, and old exports have it.
    return str(value).replace("\x00", "").rstrip() or None


def day(value: Any) -> date | None:
    """YYYYMMDD as a date, blank as None. BadValue("bad_date") for anything else."""
    shown = text(value)
    if shown is None:
        return None
    if len(shown) != 8 or not shown.isdigit():
        raise BadValue("bad_date")
    try:
        return date(int(shown[:4]), int(shown[4:6]), int(shown[6:]))
    except ValueError:
        raise BadValue("bad_date") from None


def number(value: Any, decimals: int) -> Decimal | None:
    """A number rounded to its decimals; SQL Server gives binary floats. BadValue("bad_number") for text."""
    if value is None:
        return None
    try:
        # str() gives the shortest form that reads back the same: 0.1 is 0.1 and not its expansion.
        return Decimal(str(value).strip() or "0").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    except InvalidOperation:
        raise BadValue("bad_number") from None


def stamp(value: Any) -> datetime | None:
    """S_T_A_M_P_ as naive UTC (the database writes UTC); None when the row is older than the column."""
    return instant(value.strip() or None) if isinstance(value, str) else instant(value)
