"""Physical tables: padded CHARs, floats, control columns (protheus.md section 1).

Identifiers are upper case on SQLite and lower case on PostgreSQL, where DBAccess creates them unquoted. Columns are
as wide as the dictionary says, or wider when the company's data is (widths really differ between companies, 1.7).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CHAR, BigInteger, Column, Float, Index, LargeBinary, MetaData, Table
from sqlalchemy.types import TIMESTAMP

from sandbox.world import World

DELETED, RECNO, RECDEL, STAMP, INSERTED = "D_E_L_E_T_", "R_E_C_N_O_", "R_E_C_D_E_L_", "S_T_A_M_P_", "I_N_S_D_T_"


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A dictionary column: `kind` C, D, N, L or M (memo)."""

    name: str
    kind: str
    width: int


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A physical table; `unique` names the columns of its declared key (empty: none, then no R_E_C_D_E_L_)."""

    physical: str
    columns: tuple[ColumnSpec, ...]
    unique: tuple[str, ...]


def table_specs(world: World) -> dict[str, TableSpec]:
    """All tables of the world: those of `reference.erp_tables`, plus any other that its events write."""
    described = {row["physical"]: row for row in world.reference.get("erp_tables") or ()}
    columns_of = world.reference.get("erp_columns") or {}
    seen = _observed(world)
    specs = {}
    for physical in [*described, *(name for name in seen if name not in described)]:
        row = described.get(physical, {})
        known = {c["column"]: c for c in columns_of.get(row.get("alias", physical[:3]), ())}
        observed = seen.get(physical, {})
        columns = []
        for name in [*known, *(extra for extra in observed if extra not in known)]:
            kind, width = observed.get(name, ("C", 1))
            if name in known:
                kind, width = known[name]["type"], max(int(known[name]["width"]), width if kind != "N" else 0)
            columns.append(ColumnSpec(name, kind, max(1, width)))
        unique = row.get("unique_key") or ()
        unique = tuple(unique.split("+")) if isinstance(unique, str) else tuple(unique)
        recdel = row.get("has_recdel", bool(unique))
        specs[physical] = TableSpec(physical, tuple(columns), unique if recdel else ())
    return specs


def _observed(world: World) -> dict[str, dict[str, tuple[str, int]]]:
    """Table -> column -> (kind, greatest width) over all rows that the world ever writes."""
    widths: dict[str, dict[str, int]] = {}
    kinds: dict[str, dict[str, str]] = {}
    for event in world.events:
        if event.kind != "erp.upsert":
            continue
        name = event.data["table"]
        width, kind = widths.setdefault(name, {}), kinds.setdefault(name, {})
        for column, value in event.data["row"].items():
            if type(value) is str:
                if len(value) > width.get(column, 0):
                    width[column] = len(value)
            elif value is not None and column not in kind:
                kind[column] = "M" if isinstance(value, bytes) else "N"
    return {
        table: {column: (kinds[table].get(column, "C"), width.get(column, 0)) for column in {**width, **kinds[table]}}
        for table, width in widths.items()
    }


def build_tables(specs: dict[str, TableSpec], lower: bool, stamps: bool) -> tuple[MetaData, dict[str, Table]]:
    """SQLAlchemy tables for the specs; column keys are the upper-case names on both engines."""
    metadata, tables = MetaData(), {}

    def spelt(name: str) -> str:
        return name.lower() if lower else name

    for spec in specs.values():
        columns: list[Column[Any]] = [_column(spec_column, spelt(spec_column.name)) for spec_column in spec.columns]
        columns.append(Column(spelt(DELETED), CHAR(1), key=DELETED, nullable=False, server_default=" "))
        columns.append(
            Column(spelt(RECNO), BigInteger, key=RECNO, primary_key=True, autoincrement=False, nullable=False)
        )
        if spec.unique:
            columns.append(Column(spelt(RECDEL), BigInteger, key=RECDEL, nullable=False, server_default="0"))
        if stamps:
            columns.append(Column(spelt(STAMP), TIMESTAMP, key=STAMP, nullable=True))
            columns.append(Column(spelt(INSERTED), TIMESTAMP, key=INSERTED, nullable=True))
        table = Table(spelt(spec.physical), metadata, *columns)
        if spec.unique and all(name in table.c for name in spec.unique):
            parts = [table.c[name] for name in (*spec.unique, RECDEL)]
            Index(spelt(f"{spec.physical}_UNQ"), *parts, unique=True)
        tables[spec.physical] = table
    return metadata, tables


def _column(column: ColumnSpec, name: str) -> Column[Any]:
    if column.kind == "N":
        return Column(name, Float(53), key=column.name, nullable=False, server_default="0")
    if column.kind == "M":
        return Column(name, LargeBinary, key=column.name, nullable=True)
    blank = " " * column.width
    return Column(name, CHAR(column.width), key=column.name, nullable=False, server_default=blank)


def stored(spec: TableSpec, row: dict[str, Any]) -> list[Any]:
    """`row` as the database keeps it: text padded to the column, numbers as binary floats, memo as CP1252 bytes."""
    result: list[Any] = []
    get = row.get
    for column in spec.columns:
        value = get(column.name)
        if column.kind == "N":
            result.append(0.0 if value is None else float(value))
        elif column.kind == "M":
            result.append(value.encode("cp1252", "replace") if isinstance(value, str) else value)
        else:
            result.append(("" if value is None else str(value)).ljust(column.width))
    return result
