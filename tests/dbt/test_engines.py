"""Staging and intermediate on DuckDB and PostgreSQL from the same raw rows: equal, table by table and row by row.

`tests/e2e` compares what is published; this one looks inside, where a difference begins, and runs the unit tests of the
models on PostgreSQL too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from tests.dbt.clauses.conftest import build as clauses
from tests.dbt.raw_fixture import Raw, fresh_warehouse, run_dbt
from tests.dbt.routing_company import build as routing
from tests.dbt.status_company import build as statuses
from tests.dbt.test_passages import stories
from tests.support.postgres import dbt_env, scratch_database

TABLES = """
    select table_schema || '.' || table_name, string_agg('"' || column_name || '"', ', ' order by column_name)
    from information_schema.columns
    where table_schema in ('staging', 'intermediate', 'marts', 'plan') group by 1 order by 1
"""


@pytest.mark.long
@pytest.mark.parametrize("told", [stories, clauses, routing, statuses], ids=["passages", "clauses", "routing", "statuses"])
def test_both_engines_hold_the_same_rows(dbt_home: Path, told: Callable[[], Raw]) -> None:
    raw = told()
    database = raw.write_duckdb(fresh_warehouse(dbt_home))
    run_dbt(["run"], dbt_home, database)
    with scratch_database() as url:
        raw.write_postgres(url)
        run_dbt(["run", "--target", "postgres"], dbt_home / "postgres", **dbt_env(url))
        with duckdb.connect(str(database), read_only=True) as one, psycopg.connect(url) as other:
            tables = one.execute(TABLES).fetchall()
            assert other.execute(TABLES).fetchall() == tables
            assert len(tables) > 100
            wrong = [table for table, columns in tables if _rows(one, table, columns) != _rows(other, table, columns)]
        assert not wrong
        run_dbt(["test", "--select", "test_type:unit", "--target", "postgres"], dbt_home / "postgres", **dbt_env(url))


def _rows(connection: Any, table: str, columns: str) -> list[str]:
    return sorted(repr(row) for row in connection.execute(f"select {columns} from {table}").fetchall())
