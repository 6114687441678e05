"""Copies the raw schemas of a DuckDB warehouse into a PostgreSQL database, value by value."""

import tempfile
from pathlib import Path

import duckdb
import psycopg

from ingestion.tables import TABLES, create_missing


def copy_raw(warehouse: Path, url: str) -> int:
    """Fill the raw tables of `url` with what `warehouse` holds; returns the number of rows copied."""
    rows = 0
    with duckdb.connect(str(warehouse), read_only=True) as source, psycopg.connect(url) as target:
        create_missing(target, "postgres")
        for schema, tables in TABLES.items():
            for table in tables:
                rows += _copy_table(source, target, f"{schema}.{table}")
    return rows


def _copy_table(source: duckdb.DuckDBPyConnection, target: psycopg.Connection, table: str) -> int:
    names = [r[0] for r in source.execute(f"describe {table}").fetchall()]
    wanted = {r[0] for r in target.execute("select column_name from information_schema.columns where table_schema = %s"
                                           " and table_name = %s", table.split("."))}  # fmt: skip
    columns = ", ".join(n for n in names if n in wanted)
    with tempfile.NamedTemporaryFile(suffix=".csv") as buffer:
        # Quoting everything that is not null keeps an empty text apart from a null one.
        source.execute(
            f"copy (select {columns} from {table}) to '{buffer.name}' (format csv, header false, force_quote *)"
        )
        with (
            target.cursor() as cursor,
            cursor.copy(f"copy {table} ({columns}) from stdin (format csv)") as stream,
        ):  # type: ignore[arg-type]
            stream.write(Path(buffer.name).read_bytes())
            return cursor.rowcount
