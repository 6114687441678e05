"""One record at a time: what can be read becomes rows, what cannot goes to quarantine with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from ingestion.plausible import AHEAD, BadRecordError, check
from ingestion.rows import Row, instant
from ingestion.runner import Tables

STAMPS = ("created_at", "updated_at")


def key(body: Any, name: str = "id") -> str:
    """The id of a record, as text."""
    value = body.get(name) if isinstance(body, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip():
        raise BadRecordError(name, "missing or not an id")
    return str(value).strip()


def reference(body: Row, name: str) -> str | None:
    """The id of another record, which may be missing; some answers hold the record itself."""
    value = body.get(name)
    if isinstance(value, dict):
        value = value.get("value", value.get("id"))
    return None if value is None else key({"id": value})


def moment(body: Row, name: str, needed: bool = False) -> datetime | None:
    """An instant of a record (naive UTC, whole seconds); v1's form without zone is UTC too."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRecordError(name, "not an instant")
    try:
        found = instant(value)
    except ValueError:
        raise BadRecordError(name, "not an instant") from None
    if found is None and needed:
        raise BadRecordError(name, "missing")
    return found.replace(microsecond=0) if found else None


def customs(body: Row) -> Row:
    """Custom fields of a v2 record; a value with currency or label is the value alone."""
    found = body.get("custom_fields")
    if found is not None and not isinstance(found, dict):
        raise BadRecordError("custom_fields", "not an object")
    return {name: custom(value) for name, value in (found or {}).items()}


def custom(value: Any) -> Any:
    """The value of a custom field without its wrapping."""
    if isinstance(value, dict):
        return value.get("label", value.get("value", value.get("amount")))
    return value


def fingerprint(row: Row) -> str:
    """Changes when anything of the row changes, but for when it was seen."""
    said = "|".join(f"{name}={row[name]!s}" for name in sorted(row) if name not in ("observed_at", "fingerprint"))
    return hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()


def each(bodies: Iterable[Any], table: str, read: Callable[[Row], Tables], now: datetime) -> tuple[list[Tables], list[Row]]:
    """The tables of each record, and quarantine rows for those that cannot be read."""
    good: list[Tables] = []
    bad: list[Row] = []
    for body in bodies:
        try:
            good.append(check(read(body if isinstance(body, dict) else {}), now + AHEAD, STAMPS))
        except BadRecordError as error:
            bad.append(_refused(body, table, error.column, str(error)))
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
            bad.append(_refused(body, table, None, f"cannot be read ({type(error).__name__})"))
    return good, bad


def _refused(body: Any, table: str, column: str | None, reason: str) -> Row:
    value = body.get("id") if isinstance(body, dict) else None
    shown = str(value)[:64] if isinstance(value, int | str) and not isinstance(value, bool) else None
    return {"source_table": table, "record_key": shown, "column_name": column, "reason": reason}
