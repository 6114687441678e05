"""From rows as Protheus keeps them to rows that land: typed columns, identifiers of customers, quarantine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.errors import SourceError
from ingestion.protheus import convert
from ingestion.protheus.customers import company_numbers, identifiers
from ingestion.protheus.settings import (
    COMPANIES,
    DELETED,
    DERIVED,
    EXTRA_SOURCES,
    IDENTIFIERS,
    KNOWN_CODES,
    RECNO,
    REQUIRED_COLUMNS,
    SCHEMA,
    SHARING,
    STAMP,
)
from ingestion.protheus.source import Chunk, PhysicalTable, Sharing
from ingestion.rows import Row
from ingestion.runner import Slice, Tables
from ingestion.tables import TABLES, Column

CONTROL = ("company_group", "recno", "is_deleted", "stamped_at")
_CODES = {name: frozenset(codes.split()) for name, codes in KNOWN_CODES.items()}


@dataclass(frozen=True)
class Landed:
    """What a chunk gives: the table's own rows as Arrow, identifiers and quarantine as rows."""

    own: pa.Table
    others: Tables

    def slice_of(self, alias: str) -> Slice:
        """As a slice of the load."""
        return Slice(self.others, arrow={alias: self.own} if len(self.own) else {})


def columns_to_read(alias: str, table: PhysicalTable) -> tuple[list[str], list[str]]:
    """(columns to select, columns of ours that this installation lacks). SourceError when one cannot be missed."""
    missing = [name for name in REQUIRED_COLUMNS.get(alias, ()) if name not in table.columns]
    if missing:
        raise SourceError(
            f"Protheus table {table.name} has no column {', '.join(name.upper() for name in missing)}, which revenue is "
            "computed from. Check that the URL points to the right database and company_group to the right group."
        )
    wanted = [column.name for column in own_columns(alias)] + list(EXTRA_SOURCES.get(alias, ()))
    control = [RECNO, DELETED, *([STAMP] if table.has_stamp else [])]
    lacking = [name for name in wanted if name not in table.columns]
    return control + [name for name in wanted if name in table.columns], lacking


def own_columns(alias: str) -> list[Column]:
    """The columns of the raw table that Protheus itself has."""
    columns = TABLES[SCHEMA][alias].columns
    return [column for column in columns if column.name not in CONTROL and column.name not in DERIVED]


def landed(
    alias: str, chunk: Chunk, group: str, decimals: Mapping[str, int], latest: datetime | None = None
) -> Landed:
    """Everything that a chunk gives; a stamp after `latest` (naive UTC) is told as one from the future."""
    count, recnos = len(chunk), [int(value) for value in chunk.columns[RECNO]]
    desk = _Quarantine(alias, group, recnos)
    columns: dict[str, Any] = {}
    for column in own_columns(alias):
        raw = chunk.columns.get(column.name)
        if raw is None:
            columns[column.name] = pa.nulls(count, _ARROW[column.type])
            continue
        columns[column.name], refused = convert.column(column, raw, decimals.get(column.name))
        gone = chunk.lacking.get(column.name, frozenset())
        desk.add(column.name, [*((position, "missing_key") for position in sorted(gone)), *refused])
        if column.name in _CODES:
            desk.add(column.name, _unknown(columns[column.name], _CODES[column.name], "unknown_code"))
    for name in EXTRA_SOURCES.get(alias, ()):
        desk.add(name, [(position, "missing_key") for position in sorted(chunk.lacking.get(name, ()))])
    marks, refused = convert.texts(chunk.columns[DELETED])
    desk.add(DELETED, [*refused, *_unknown(marks, frozenset("*"), "unknown_value")])
    deleted = pc.fill_null(pc.equal(marks, "*"), False)
    moments = _stamps(chunk, desk)
    if latest is not None:
        desk.add(STAMP, _positions(pc.greater(moments, pa.scalar(latest, moments.type)), "future_stamp"))
    others: Tables = {}
    if alias in EXTRA_SOURCES:
        prefix = alias[1:] if alias == "sa1" else "us"
        numbers, refused = company_numbers(prefix, chunk, columns[f"{prefix}_pessoa"])
        columns.update(numbers)
        desk.add(f"{prefix}_cgc", refused)
    if alias == "sa1":
        others[IDENTIFIERS] = identifiers(group, chunk, columns, deleted)
    groups = columns["m0_codigo"] if alias == COMPANIES else pa.repeat(pa.scalar(group), count)
    control = [groups, pa.array(recnos, pa.int64()), deleted, moments]
    names = [column.name for column in TABLES[SCHEMA][alias].columns]
    own = pa.table({**dict(zip(CONTROL, control, strict=True)), **columns}).select(names)
    desk.rows += [desk.row(recno, None, reason) for recno, reason in chunk.refused]
    others["quarantine"] = desk.rows
    return Landed(own, {name: rows for name, rows in others.items() if rows})


def vanished(alias: str, recnos: Iterable[int], group: str) -> Slice:
    """Rows that a pack removed for good."""
    return Slice({alias: [{"company_group": group, "recno": recno, "is_deleted": True} for recno in recnos]})


def sharing_rows(group: str, tables: Iterable[Sharing]) -> list[Row]:
    """How each table of ours is shared, from SX2."""
    return [
        {"company_group": group, "alias": item.alias, "physical_name": item.physical, "company_mode": item.company,
         "unit_mode": item.unit, "branch_mode": item.branch, "unique_key": item.unique_key}
        for item in tables if item.alias in TABLES[SCHEMA] and item.alias != SHARING
    ]  # fmt: skip


def _stamps(chunk: Chunk, desk: _Quarantine) -> pa.Array:
    if STAMP not in chunk.columns:
        return pa.nulls(len(chunk), pa.timestamp("us"))
    moments, refused = convert.stamps(chunk.columns[STAMP])
    desk.add(STAMP, refused)
    return moments


def _unknown(array: pa.Array, known: frozenset[str], reason: str) -> list[tuple[int, str]]:
    """Positions of filled codes that are not among the known ones; they land as they are."""
    strange = pc.invert(pc.is_in(array, value_set=pa.array(sorted(known))))
    return _positions(pc.and_(strange, pc.is_valid(array)), reason)


def _positions(mask: pa.Array, reason: str) -> list[tuple[int, str]]:
    return [(int(position), reason) for position in pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist()]


class _Quarantine:
    """Gathers what was refused; keys are group and record number, never a value."""

    def __init__(self, alias: str, group: str, recnos: Sequence[int]) -> None:
        self._alias, self._group, self._recnos = alias, group, recnos
        self.rows: list[Row] = []

    def add(self, column: str, refused: Iterable[tuple[int, str]]) -> None:
        self.rows += [self.row(self._recnos[position], column, reason) for position, reason in refused]

    def row(self, recno: int | None, column: str | None, reason: str) -> Row:
        key = f"{self._group}:{'?' if recno is None else recno}"
        return {"source_table": self._alias, "record_key": key, "column_name": column, "reason": reason}


_ARROW = {"text": pa.string(), "date": pa.date32(), "decimal": pa.decimal128(18, 2), "decimal4": pa.decimal128(18, 4)}
