"""The list of raw tables: every schema, table and column that ingestion may write and staging may read.

One list serves three readers: dlt (`rows` gives it Arrow types, `dlt_columns` the rest), the DDL that creates the tables a
company has no source for (`create_missing`, so that dbt always finds them), and tests of the staging models.

Instants are UTC without zone; dates are calendar dates; money is decimal(18,2); ids are text. Integers are
64 bit everywhere: one type on both engines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

from ingestion.raw_columns import COLUMNS, QUARANTINE

ColumnType = Literal["text", "int", "bool", "timestamp", "date", "decimal", "decimal4"]
Engine = Literal["duckdb", "postgres"]

_DDL: dict[str, tuple[str, str]] = {  # our type -> (DuckDB, PostgreSQL)
    "text": ("varchar", "text"),
    "int": ("bigint", "bigint"),
    "bool": ("boolean", "boolean"),
    "timestamp": ("timestamp", "timestamp without time zone"),
    "date": ("date", "date"),
    "decimal": ("decimal(18,2)", "numeric(18,2)"),
    "decimal4": ("decimal(18,4)", "numeric(18,4)"),
}


@dataclass(frozen=True)
class Column:
    """One column of a raw table; every raw column may be null."""

    name: str
    type: ColumnType = "text"


@dataclass(frozen=True)
class TableSpec:
    """One raw table. `columns` holds the source's own columns; `PROVENANCE` is added to every table."""

    schema: str
    name: str
    columns: tuple[Column, ...]

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Own columns followed by the provenance columns."""
        return self.columns + PROVENANCE

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the source's own columns, without provenance."""
        return tuple(column.name for column in self.columns)


class Executes(Protocol):
    """What `create_missing` needs of a connection: DuckDB's and psycopg's both have it."""

    def execute(self, query: str) -> Any:
        """Run one SQL statement."""


def parse_columns(text: str) -> tuple[Column, ...]:
    """Read `name name:type …` (type defaults to text); raises ValueError on an unknown type."""
    columns = []
    for word in text.split():
        name, _, kind = word.partition(":")
        if (kind or "text") not in get_args(ColumnType):
            raise ValueError(
                f"raw column {word!r}: unknown type, use one of {', '.join(get_args(ColumnType))}"
            )
        columns.append(Column(name, kind or "text"))  # type: ignore[arg-type]
    return tuple(columns)


# record_origin: poll | webhook | snapshot | file | state. load_seq orders loads, row_seq rows inside one load.
PROVENANCE = parse_columns("load_seq:int row_seq:int extracted_at:timestamp record_origin")
_DLT_COLUMNS = parse_columns("_dlt_load_id _dlt_id")
TABLES: dict[str, dict[str, TableSpec]] = {
    schema: {
        name: TableSpec(schema, name, parse_columns(columns))
        for name, columns in {**tables, "quarantine": QUARANTINE}.items()
    }
    for schema, tables in COLUMNS.items()
}


def all_specs() -> Iterable[TableSpec]:
    """Every raw table of every schema."""
    return (spec for tables in TABLES.values() for spec in tables.values())


def dlt_columns(spec: TableSpec) -> dict[str, dict[str, Any]]:
    """Column hints for a dlt resource of Arrow tables, for what Arrow's types do not tell it: that instants have no zone.

    dlt checks every hint and prints it into its trace, which takes as long as writing the rows.
    """
    return {
        column.name: {"name": column.name, "nullable": True, "data_type": "timestamp", "timezone": False, "precision": 6}
        for column in spec.all_columns
        if column.type == "timestamp"
    }


def ddl(spec: TableSpec, engine: Engine) -> str:
    """`create table if not exists` for one table, with dlt's two bookkeeping columns (nullable)."""
    position = 0 if engine == "duckdb" else 1
    columns = ", ".join(
        f'"{column.name}" {_DDL[column.type][position]}' for column in (*spec.all_columns, *_DLT_COLUMNS)
    )
    return f'create table if not exists "{spec.schema}"."{spec.name}" ({columns})'


def create_missing(connection: Executes, engine: Engine, schemas: Sequence[str] | None = None) -> None:
    """Create every raw schema and table that is absent, empty; existing tables gain the columns they lack.

    `connection` is an open DuckDB or psycopg connection (the caller commits). A table that dlt made keeps its
    types; columns are only ever added.
    """
    present = _present(connection)
    for schema in schemas or TABLES:
        connection.execute(f'create schema if not exists "{schema}"')
        for spec in TABLES[schema].values():
            existing = present.get((schema, spec.name))
            if existing is None:
                connection.execute(ddl(spec, engine))
                continue
            for column in (*spec.all_columns, *_DLT_COLUMNS):
                if column.name not in existing:
                    kind = _DDL[column.type][0 if engine == "duckdb" else 1]
                    connection.execute(
                        f'alter table "{schema}"."{spec.name}" add column "{column.name}" {kind}'
                    )


def _present(connection: Executes) -> dict[tuple[str, str], set[str]]:
    names = ", ".join(f"'{schema}'" for schema in TABLES)
    rows = connection.execute(
        f"select table_schema, table_name, column_name from information_schema.columns where table_schema in ({names})"
    ).fetchall()
    present: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in rows:
        present.setdefault((schema, table), set()).add(column)
    return present
