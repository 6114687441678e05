"""Raw values of Protheus as ours. Rules: protheus.md 1.4 to 1.6 and rules 4 to 6 of its section 0."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from ingestion.rows import instant

LONGEST = 10_000  # characters of one value; the widest column of the contract has 250


class BadValue(ValueError):
    """A value that is not what its column promises; `reason` goes to quarantine."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def text(value: Any) -> str | None:
    """Without the padding on the right; blanks alone are None. Bytes are code page 1252, the application's own.

    BadValue: "bad_encoding" for bytes that page does not have, "too_long" for what no column of Protheus can hold,
    "bad_type" for lists and objects.
    """
    if value is None:
        return None
    if isinstance(value, bytes | bytearray | memoryview):
        try:
            value = bytes(value).decode("cp1252")
        except UnicodeDecodeError:
            raise BadValue("bad_encoding") from None
    elif isinstance(value, dict | list):
        raise BadValue("bad_type")
    shown = str(value)
    if len(shown) > LONGEST:
        raise BadValue("too_long")
    # PostgreSQL refuses NUL in text, and old exports have it.
    return shown.replace("\x00", "").rstrip() or None


def day(value: Any) -> date | None:
    """YYYYMMDD as a date, blank as None; the ISO form that some REST services give is read too.

    BadValue("bad_date") for anything else.
    """
    shown = text(value)
    if shown is None:
        return None
    if len(shown) == 10 and shown[4] == shown[7] == "-":
        shown = shown.replace("-", "")
    if len(shown) != 8 or not (shown.isascii() and shown.isdigit()):
        raise BadValue("bad_date")
    try:
        return date(int(shown[:4]), int(shown[4:6]), int(shown[6:]))
    except ValueError:
        raise BadValue("bad_date") from None


def number(value: Any, decimals: int) -> Decimal | None:
    """A number rounded to its decimals; SQL Server gives binary floats. BadValue("bad_number") for anything else."""
    if value is None:
        return None
    if isinstance(value, bool | dict | list):
        raise BadValue("bad_number")
    try:
        # str() gives the shortest form that reads back the same: 0.1 is 0.1 and not its expansion.
        found = Decimal(str(value).strip() or "0").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    except InvalidOperation:
        raise BadValue("bad_number") from None
    if not found.is_finite() or found.adjusted() > 13:
        raise BadValue("bad_number")  # wider than any number of Protheus, and than decimal(18,4)
    return found


def stamp(value: Any) -> datetime | None:
    """S_T_A_M_P_ as naive UTC (the database writes UTC); None when the row is older than the column.

    BadValue("bad_instant") for anything that is no instant.
    """
    try:
        return instant(value.strip() or None) if isinstance(value, str) else instant(value)
    except ValueError:
        raise BadValue("bad_instant") from None
