"""Reads the keys of failing rows, from DuckDB or PostgreSQL, read only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Reader:
    """A read-only cursor over one database, the same for both engines."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def rows(self, sql: str) -> list[tuple]:
        """All rows of a query."""
        self._cursor.execute(sql)
        return [tuple(r) for r in self._cursor.fetchall()]

    def columns(self) -> dict[str, set[str]]:
        """Column names by ``schema.table``."""
        found: dict[str, set[str]] = {}
        for schema, table, column in self.rows(
            "select table_schema, table_name, column_name from information_schema.columns"
        ):
            found.setdefault(f"{schema}.{table}", set()).add(column)
        return found

    def failing(self, table: str, where: str, keys: Sequence[str], limit: int) -> tuple[int, tuple[str, ...]]:
        """How many rows satisfy ``where``, and the keys of the first ``limit`` of them, in key order."""
        (count,) = self.rows(f"select count(*) from {table} where {where}")[0]
        if not count or not keys:
            return int(count), ()
        names = ", ".join(keys)
        found = self.rows(
            f"select distinct {names} from {table} where {where} order by {names} limit {limit}"
        )
        return int(count), tuple(" ".join(str(v) for v in row) for row in found)


@contextmanager
def open_reader(target: Path | str) -> Iterator[Reader]:
    """Open a DuckDB file (path) or a PostgreSQL database (URL) read only, and close it again."""
    if isinstance(target, Path):
        import duckdb

        with duckdb.connect(str(target), read_only=True) as con:
            yield Reader(con)
    else:
        import psycopg

        with psycopg.connect(target, options="-c default_transaction_read_only=on") as pg:
            yield Reader(pg.cursor())
