"""Copy one schema of the warehouse into a fresh DuckDB file, from DuckDB or from PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from orchestration.publish import Publication

# A file called plan.duckdb is a catalog called "plan": a schema of that name in it would make every name ambiguous.
_SCHEMA_IN_FILE = {"plan": "main"}

Hidden = Mapping[str, frozenset[str]]
Descriptions = Mapping[str, Mapping[str, str]]

# PostgreSQL's names for the types that marts may use, as DuckDB spells them.
_TYPES = {
    "text": "VARCHAR",
    "character varying": "VARCHAR",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp without time zone": "TIMESTAMP",
    "integer": "INTEGER",
    "smallint": "SMALLINT",
    "bigint": "BIGINT",
    "double precision": "DOUBLE",
    "real": "FLOAT",
}


def copy_from_duckdb(
    warehouse: Path, target: Path, schema: str, hidden: Hidden, texts: Descriptions, publication: Publication
) -> dict[str, int]:
    """Copy ``schema`` of the warehouse file into ``target``; returns rows by ``schema.table``."""
    with duckdb.connect(str(target)) as con:
        con.execute(f"attach {_text(str(warehouse))} as warehouse (read_only)")
        inside = _create_schema(con, schema)
        columns = con.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_catalog = 'warehouse' and table_schema = ? order by table_name, ordinal_position",
            [schema],
        ).fetchall()
        tables = _visible(columns, schema, hidden)
        for table, names in tables.items():
            con.execute(
                f"create table {inside}.{table} as select {_names(names)} from warehouse.{schema}.{table}"
            )
        return _finish(con, schema, tables, texts, publication, detach="warehouse")


def copy_from_postgres(
    warehouse: str, target: Path, schema: str, hidden: Hidden, texts: Descriptions, publication: Publication
) -> dict[str, int]:
    """The same from a PostgreSQL warehouse, streamed table by table through COPY, in one snapshot."""
    import psycopg

    with psycopg.connect(warehouse) as source, duckdb.connect(str(target)) as con:
        source.execute("set transaction isolation level repeatable read read only")
        inside = _create_schema(con, schema)
        rows = source.execute(
            "select table_name, column_name, data_type, numeric_precision, numeric_scale"
            " from information_schema.columns where table_schema = %s order by table_name, ordinal_position",
            [schema],
        ).fetchall()
        types = {(t, c): _type(kind, precision, scale) for t, c, kind, precision, scale in rows}
        tables = _visible([(t, c) for t, c, *_ in rows], schema, hidden)
        for table, names in tables.items():
            spec = ", ".join(f"{_text(n)}: {_text(types[table, n])}" for n in names)
            with tempfile.NamedTemporaryFile(suffix=".csv", dir=target.parent) as buffer:
                query = f"copy (select {_names(names)} from {schema}.{table}) to stdout (format csv)"
                with source.cursor().copy(query) as stream:  # type: ignore[arg-type]
                    for chunk in stream:
                        buffer.write(chunk)
                buffer.flush()
                # COPY writes null as nothing and an empty text as "": quoted nulls off keeps them apart.
                con.execute(
                    f"create table {inside}.{table} as select * from read_csv({_text(buffer.name)}, header = false,"
                    f" auto_detect = false, quote = '\"', escape = '\"', allow_quoted_nulls = false, columns = {{{spec}}})"
                )
        return _finish(con, schema, tables, texts, publication)


def copy_tables(
    warehouse: Path, target: Path, tables: Sequence[tuple[str, str]], publication: Publication
) -> None:
    """Copy single tables (schema, name) of the warehouse file into ``target``, as they are."""
    with duckdb.connect(str(target)) as con:
        con.execute(f"attach {_text(str(warehouse))} as warehouse (read_only)")
        for schema, table in tables:
            con.execute(f'create schema if not exists "{schema}"')
            con.execute(f'create table "{schema}"."{table}" as select * from warehouse."{schema}"."{table}"')
        _note(con, "main", publication)
        con.execute("detach warehouse")
        con.execute("checkpoint")


def _create_schema(con: duckdb.DuckDBPyConnection, schema: str) -> str:
    inside = _SCHEMA_IN_FILE.get(schema, schema)
    con.execute(f"create schema if not exists {inside}")
    return inside


def _visible(columns: list[tuple[str, str]], schema: str, hidden: Hidden) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = {}
    for table, column in columns:
        names = tables.setdefault(table, [])
        if column not in hidden.get(f"{schema}.{table}", frozenset()):
            names.append(column)
    return {table: names for table, names in tables.items() if names}


def _finish(
    con: duckdb.DuckDBPyConnection,
    schema: str,
    tables: Mapping[str, list[str]],
    texts: Descriptions,
    publication: Publication,
    detach: str | None = None,
) -> dict[str, int]:
    inside = _SCHEMA_IN_FILE.get(schema, schema)
    for table, names in tables.items():
        known = texts.get(f"{schema}.{table}", {})
        if known.get(""):
            con.execute(f"comment on table {inside}.{table} is {_text(known[''])}")
        for name in names:
            if known.get(name):
                con.execute(f"comment on column {inside}.{table}.{_names([name])} is {_text(known[name])}")
    _note(con, inside, publication)
    counts = {}
    for table in tables:
        row = con.execute(f"select count(*) from {inside}.{table}").fetchone()
        counts[f"{schema}.{table}"] = int(row[0]) if row else 0
    if detach:
        con.execute(f"detach {detach}")
    con.execute("checkpoint")
    return counts


def _note(con: duckdb.DuckDBPyConnection, inside: str, publication: Publication) -> None:
    """What the snapshot says of itself."""
    con.execute(
        f"create table {inside}.publication"
        " (snapshot_id varchar, as_of timestamp, known_at bigint, published_at timestamp)"
    )
    con.execute(
        f"insert into {inside}.publication values (?, ?, ?, ?)",
        [
            publication.snapshot_id,
            publication.as_of.replace(tzinfo=None),
            publication.known_at,
            publication.published_at.replace(tzinfo=None),
        ],
    )


def _type(kind: str, precision: int | None, scale: int | None) -> str:
    if kind == "numeric":
        return f"DECIMAL({precision},{scale})" if precision else "DECIMAL(38,6)"
    try:
        return _TYPES[kind]
    except KeyError:
        raise ValueError(
            f"the warehouse has a column of type {kind!r}, which cannot be published; cast it in its dbt model"
        ) from None


def _names(names: list[str]) -> str:
    return ", ".join('"' + n.replace('"', '""') + '"' for n in names)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
