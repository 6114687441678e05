"""Erases people from the raw tables that are there already: the same treatment as `forgotten.Forgotten` gives new rows.

Set-based, on DuckDB and PostgreSQL, and repeatable: what is erased is found erased. The caller holds the warehouse lock
and commits. No value is logged; the SQL text holds none either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ingestion.forgotten import FORGOTTEN_PREFIX, Forgotten
from ingestion.personal import PERSONAL_KINDS, Personal, personal_tables
from ingestion.tables import Engine

_KINDS = ", ".join(f"'{kind}'" for kind in PERSONAL_KINDS)
_OPEN = f"value is not null and value not like '{FORGOTTEN_PREFIX}%' and kind in ({_KINDS})"


def erase(connection: Any, engine: Engine, forgotten: Forgotten) -> dict[str, int]:
    """Erase the forgotten from every raw table; returns rows changed by `schema.table`. Nothing to do: no table."""
    if not forgotten:
        return {}
    _list_records(connection, engine, forgotten)
    changed = {}
    for schema, table, personal in personal_tables():
        number = 0
        if personal.is_identifiers:
            number = _replace(connection, engine, forgotten, f"{schema}.{table}", personal)
        for column in personal.named_by:
            number += _rename(connection, engine, forgotten, f"{schema}.{table}", personal.system, column)
        if personal.erased:
            number += _null(connection, f"{schema}.{table}", personal)
        if number:
            changed[f"{schema}.{table}"] = number
    _drop(connection)
    return changed


def count(connection: Any, engine: Engine, forgotten: Forgotten) -> dict[str, int]:
    """How many rows `erase` would change, by `schema.table`. Changes nothing but temporary tables."""
    if not forgotten:
        return {}
    _list_records(connection, engine, forgotten)
    found = {}
    for schema, table, personal in personal_tables():
        name, number = f"{schema}.{table}", 0
        if personal.is_identifiers:
            query = f"select kind, value, count(*) from {name} as t where {_OPEN} and {_mine(personal)} group by kind, value"
            found_here = connection.execute(query).fetchall()
            number += sum(rows for kind, value, rows in found_here if forgotten.token(kind, value) != value)
        for column in personal.named_by:
            number += sum(rows for _, rows in _named(connection, forgotten, name, personal.system, column))
        if personal.erased:
            number += _one(connection, f"select count(*) from {name} as t where {_filled(personal)} and {_mine(personal)}")
        if number:
            found[name] = number
    _drop(connection)
    return found


def _list_records(connection: Any, engine: Engine, forgotten: Forgotten) -> None:
    _drop(connection)
    connection.execute("create temporary table forgotten_records (system text, source_id text)")
    rows = [(system, one) for system, ids in forgotten.records.items() for one in sorted(ids)]
    _insert(connection, engine, "forgotten_records", rows)
    connection.execute(
        "insert into forgotten_records select 'protheus_any_branch', split_part(source_id, ':', 1) || ':' ||"
        " split_part(source_id, ':', 3) || ':' || split_part(source_id, ':', 4) from forgotten_records where system = 'protheus'"
    )


def _replace(connection: Any, engine: Engine, forgotten: Forgotten, table: str, personal: Personal) -> int:
    """Give the records' identifiers their tokens."""
    found = connection.execute(f"select distinct kind, value from {table} as t where {_OPEN} and {_mine(personal)}").fetchall()
    tokens = [(kind, value, forgotten.token(kind, value)) for kind, value in found]
    if not (tokens := [row for row in tokens if row[1] != row[2]]):
        return 0
    connection.execute("create temporary table forgotten_values (kind text, value text, token text)")
    _insert(connection, engine, "forgotten_values", tokens)
    changed = connection.execute(
        f"update {table} as t set value = v.token from forgotten_values as v"
        f" where t.kind = v.kind and t.value = v.value and {_mine(personal)}"
    )
    number = _changed(changed, engine)
    connection.execute("drop table forgotten_values")
    return number


def _rename(connection: Any, engine: Engine, forgotten: Forgotten, table: str, system: str, column: str) -> int:
    """Replace keys of exported lists that name somebody forgotten."""
    mark = "?" if engine == "duckdb" else "%s"
    number = 0
    for value, _rows in list(_named(connection, forgotten, table, system, column)):
        changed = connection.execute(
            f"update {table} set {column} = {mark} where {column} = {mark}", (forgotten.token(system, value), value)
        )
        number += _changed(changed, engine)
    return number


def _named(connection: Any, forgotten: Forgotten, table: str, system: str, column: str) -> Iterator[tuple[str, int]]:
    """(key, rows) of the keys that name somebody forgotten. Only hashes of addresses can: other keys are the file's own."""
    query = f"select {column}, count(*) from {table} where {column} like 'sha256:%' group by {column}"
    for value, rows in connection.execute(query).fetchall():
        if forgotten.mark(system, value) in forgotten.marks:
            yield value, rows


def _null(connection: Any, table: str, personal: Personal) -> int:
    columns = ", ".join(f"{column} = {_emptied(personal, column)}" for column in personal.erased)
    found = f"{_filled(personal)} and {_mine(personal)}"
    changed = _one(connection, f"select count(*) from {table} as t where {found}")
    if changed:
        connection.execute(f"update {table} as t set {columns} where {found}")
    return changed


def _emptied(personal: Personal, column: str) -> str:
    return f"case when {column} like '{personal.keeps}' then {column} end" if personal.keeps else "null"


def _filled(personal: Personal) -> str:
    """Rows that still hold something to erase."""
    kept = f" and t.{{}} not like '{personal.keeps}'" if personal.keeps else ""
    filled = " or ".join(f"(t.{column} is not null{kept.format(column)})" for column in personal.erased)
    only = f" and t.{personal.only[0]} = '{personal.only[1]}'" if personal.only else ""
    return f"({filled}){only}"


def _mine(personal: Personal) -> str:
    """Rows of forgotten records."""
    source_id = personal.source_id_sql("t")
    return f"{source_id} in (select source_id from forgotten_records where system = '{personal.system}')"


def _insert(connection: Any, engine: Engine, table: str, rows: Iterable[tuple[str, ...]]) -> None:
    rows = list(rows)
    if not rows:
        return
    places = ", ".join(["?" if engine == "duckdb" else "%s"] * len(rows[0]))
    cursor = connection if engine == "duckdb" else connection.cursor()
    cursor.executemany(f"insert into {table} values ({places})", rows)


def _drop(connection: Any) -> None:
    connection.execute("drop table if exists forgotten_records")
    connection.execute("drop table if exists forgotten_values")


def _one(connection: Any, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _changed(result: Any, engine: Engine) -> int:
    return int(result.fetchone()[0] if engine == "duckdb" else result.rowcount)
