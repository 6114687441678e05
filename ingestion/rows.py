"""From plain dicts to typed Arrow tables, and from the outside's texts to our values.

dlt gets Arrow with explicit types: it infers nothing, so a surprise in a value can never grow a variant column.
A blank text is null on every engine (PostgreSQL's CSV loader could not tell them apart anyway).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.errors import LandingError
from ingestion.tables import TableSpec

Row = dict[str, Any]

_ARROW: dict[str, Any] = {
    "text": pa.string(),
    "int": pa.int64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
    "decimal": pa.decimal128(18, 2),
    "decimal4": pa.decimal128(18, 4),
}
_FINE = {"decimal": Decimal("0.01"), "decimal4": Decimal("0.0001")}


def to_arrow(spec: TableSpec, rows: list[Row]) -> pa.Table:
    """Rows as an Arrow table with exactly the columns of `spec`; a missing key is null.

    Raises LandingError naming table and column (never the value) for an unknown column or a wrong type.
    """
    known = {column.name for column in spec.all_columns}
    for row in rows:
        if not known.issuperset(row):
            unknown = ", ".join(sorted(row.keys() - known))
            raise LandingError(f"{spec.schema}.{spec.name} has no column {unknown}: add it to tables.py")
    arrays = []
    for column in spec.all_columns:
        clean = _CLEAN.get(column.type)
        values = [row.get(column.name) for row in rows]
        try:
            found = pa.array([clean(value) for value in values] if clean else values, _ARROW[column.type])
            arrays.append(_without_blanks(found) if column.type == "text" else found)
        except (pa.ArrowException, TypeError, ValueError, InvalidOperation, OverflowError):
            raise LandingError(
                f"{spec.schema}.{spec.name}.{column.name}: a value is not of type {column.type}; "
                "the reader of this source must convert it or put the record into quarantine"
            ) from None
    return pa.table(dict(zip([column.name for column in spec.all_columns], arrays, strict=True)))


def typed(spec: TableSpec, columns: Mapping[str, Any]) -> pa.Table:
    """Arrow columns (or lists of a column's values) as a table of `spec` without provenance; a column that is missing is null."""
    if unknown := columns.keys() - set(spec.column_names):
        raise LandingError(f"{spec.schema}.{spec.name} has no column {', '.join(sorted(unknown))}: add it to tables.py")
    count = len(next(iter(columns.values())))
    arrays = []
    for column in spec.columns:
        kind, found = _ARROW[column.type], columns.get(column.name)
        found = pa.nulls(count, kind) if found is None else pa.array(found, kind) if isinstance(found, list) else found
        arrays.append(found)
    return pa.Table.from_arrays(arrays, schema=pa.schema([(column.name, _ARROW[column.type]) for column in spec.columns]))


def instant(value: Any) -> datetime | None:
    """An ISO 8601 text with offset (or an aware datetime) as naive UTC; None when empty. ValueError otherwise.

    A text without an offset is taken as UTC (CRM v2 says so; rd_station.md B2).
    """
    if value is None or value == "":
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        return moment
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).replace(tzinfo=None)


def text(value: Any) -> str | None:
    """A scalar as text, trimmed; blank is None. Numbers keep their shortest form."""
    if value is None or value is True or value is False:
        return None if value is None else str(value).lower()
    return str(value).strip() or None


def integer(value: Any) -> int | None:
    """An integer from a number or a text of digits; None for anything else."""
    try:
        return None if value is None or value == "" or isinstance(value, bool) else int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None


def boolean(value: Any) -> bool | None:
    """JSON booleans, and the texts "true" and "false" of older bodies."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def money(value: Any) -> Decimal | None:
    """A number or numeric text as decimal(18,2), half up; None when empty or not a number."""
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value)).quantize(_FINE["decimal"], ROUND_HALF_UP)
    except InvalidOperation:
        return None


def _without_blanks(texts: pa.Array) -> pa.Array:
    blank = pc.equal(texts, "")
    return pc.if_else(blank, None, texts) if pc.any(blank).as_py() else texts


def _naive(value: Any) -> datetime | None:
    if value is None or (isinstance(value, datetime) and value.tzinfo is None):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    raise TypeError


def _round(kind: str) -> Callable[[Any], Decimal | None]:
    step = _FINE[kind]

    def round_to_step(value: Any) -> Decimal | None:
        # str() first: 0.1 must stay 0.1 and not become its binary expansion.
        if value is None:
            return None
        return (value if isinstance(value, Decimal) else Decimal(str(value))).quantize(step, ROUND_HALF_UP)

    return round_to_step


_CLEAN: dict[str, Callable[[Any], Any]] = {
    "timestamp": _naive,
    "decimal": _round("decimal"),
    "decimal4": _round("decimal4"),
}


def compact(tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The tables that have rows."""
    return {name: rows for name, rows in tables.items() if rows}


def merge(parts: Iterable[dict[str, list[Row]]]) -> dict[str, list[Row]]:
    """Several results per record as one set of tables, order kept."""
    merged: dict[str, list[Row]] = {}
    for part in parts:
        for name, rows in part.items():
            merged.setdefault(name, []).extend(rows)
    return merged
