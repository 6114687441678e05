"""From the text of a field to a canonical value. A value that does not fit raises `BadValue`, without quoting it:
the field may hold personal data; file and line are enough to find it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.files.mapping import ColumnMap
from ingestion.normalize import normalize_cnpj, normalize_cpf
from ingestion.plausible import LONGEST

# Grouping marks are allowed only where they can be nothing else: 1.234,56 with mark "," and 1,234.56 with mark ".".
_NUMBERS = {
    ".": re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?"),
    ",": re.compile(r"[-+]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"),
}
_OFFSET = re.compile(r"\s+(UTC|[-+]\d\d:?\d\d)$")
_CENT = Decimal("0.01")
_LARGEST = Decimal(10) ** 16  # decimal(18,2)


class BadValue(ValueError):
    """The reason why a value is refused."""


def convert(text: str, kind: str, how: ColumnMap) -> Any:
    """`kind` is the type of the canonical column. Empty text is None. Instants come back as naive UTC.

    A date where an instant belongs is refused: nothing turns a date into an instant silently.
    """
    text = text.strip()
    if not text:
        return None
    if len(text) > LONGEST:
        raise BadValue(f"is longer than {LONGEST} characters")
    if how.values:
        return _listed(text, how)
    if how.check:
        return _document(text, how.check)
    if kind == "decimal":
        return _decimal(text, how.decimal)
    if kind == "date":
        return _date(text, how)
    if kind == "timestamp":
        moment = _instant(text, how)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment else None
    if kind == "bool":
        return _bool(text)
    if kind == "int":
        return _whole(text)
    return text


def has_time(text: str, how: ColumnMap) -> bool:
    """Whether a text says the time of day, or the date only."""
    if how.format:
        return any(part in how.format for part in ("%H", "%I", "%X", "%c"))
    return len(text.strip()) > len("2026-03-02")


def local_date(text: str, how: ColumnMap, zone: ZoneInfo) -> date | None:
    """The local date of an instant; filled also where the instant itself is only a date in disguise."""
    if not text.strip():
        return None
    if not has_time(text, how):
        return _date(text.strip(), how)
    return _wall(text.strip(), how).astimezone(zone).date()


def is_local_midnight(text: str, how: ColumnMap, zone: ZoneInfo) -> bool:
    """True when the instant is 00:00:00 on the company's wall: systems store a date without time like that."""
    moment = _wall(text.strip(), how).astimezone(zone)
    return (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)


def _wall(text: str, how: ColumnMap) -> datetime:
    moment = _parse(text, how.format, "an instant")
    if moment.tzinfo is None:
        # fold=0: of a local time that happened twice, the first; one that did not exist moves forward.
        moment = moment.replace(tzinfo=ZoneInfo(how.zone or "UTC"))
    return moment


def _instant(text: str, how: ColumnMap) -> datetime | None:
    moment = _wall(text, how).replace(microsecond=0)
    if not has_time(text, how):
        raise BadValue(
            "is a date without a time of day; map a column that has both, or write midnight_is_date: true "
            "to leave the instant empty"
        )
    return moment


def _date(text: str, how: ColumnMap) -> date:
    # A time after the date is let go: the file's own calendar day is what counts.
    return _parse(text, how.format, "a date").date()


def _parse(text: str, pattern: str | None, what: str) -> datetime:
    try:
        return parse_wall(text, pattern)
    except ValueError:
        raise BadValue(f"is not {what} (expected {pattern or 'ISO 8601, as 2018-02-26'})") from None


def parse_wall(text: str, pattern: str | None) -> datetime:
    """An instant as written, with its offset where it says one; ISO 8601 without a pattern. ValueError when it is none.

    RD Station's exports write a blank before the offset (`2026-03-02 10:00:00 -0300`), others `UTC`.
    """
    if pattern:
        return datetime.strptime(text, pattern)
    return datetime.fromisoformat(_OFFSET.sub(lambda found: found[1].replace("UTC", "+00:00"), text))


def _decimal(text: str, mark: str) -> Decimal:
    plain = text.replace("R$", "").replace("\u00a0", "").replace(" ", "")
    if not _NUMBERS[mark].fullmatch(plain):
        raise BadValue(f"is not a number with decimal mark '{mark}'")
    plain = plain.replace("." if mark == "," else ",", "").replace(",", ".")
    value = Decimal(plain).quantize(_CENT, ROUND_HALF_UP)
    if abs(value) >= _LARGEST:
        raise BadValue("is too large for an amount")
    return value


def _whole(text: str) -> int:
    # Spreadsheets write 4,0 or 4.0 for 4.
    match = re.fullmatch(r"([-+]?\d{1,18})([.,]0+)?", text)
    if match is None:
        raise BadValue("is not a whole number")
    return int(match[1])


def _listed(text: str, how: ColumnMap) -> str | None:
    known = {name.strip().casefold(): value for name, value in how.values.items()}
    value = known.get(text.casefold(), how.otherwise)
    if value is None:
        raise BadValue("is none of the values that the mapping lists; add it under `values:`, or write `otherwise:`")
    return value or None


def _document(text: str, check: str) -> str:
    found = normalize_cnpj(text) if check == "cnpj" else normalize_cpf(text)
    if found.value is None:
        raise BadValue(f"is not a valid {check.upper()} ({found.reason})")
    return found.value


def _bool(text: str) -> bool:
    folded = text.casefold()
    if folded in ("true", "1", "yes", "sim", "s", "t"):
        return True
    if folded in ("false", "0", "no", "não", "nao", "n", "f"):
        return False
    raise BadValue("is neither true nor false")
