"""Builds and publishes the raw rows of a DuckDB company again on PostgreSQL, and compares the published files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from orchestration import stages
from orchestration.profile import Profile
from orchestration.settings import load_profile
from tests.e2e import line
from tests.e2e.raw_copy import copy_raw
from tests.support.company import write_profile
from tests.support.postgres import ON_POSTGRES, scratch_database

FILES = ("bastao.duckdb", "plan.duckdb")
OF_A_RUN = {"publication"}  # says when and by which run: differs by nature


@contextmanager
def published_by_both(profile: Profile, base: Path, sandbox_url: str) -> Iterator[Profile]:
    """Publish `profile`, which is transformed and not yet published, and the same rows on PostgreSQL; yields the latter.

    The rows are copied before publishing: the ledger that goes with it would tell the second build what the first found.
    The data tests run on PostgreSQL elsewhere (test_history): here every row is compared.
    """
    with scratch_database() as url, pytest.MonkeyPatch.context() as patch:
        copy_raw(profile.paths.warehouse, url)
        stages.publish(profile).raise_if_refused()
        folder = write_profile(base / "postgres" / "company", sandbox_url, **ON_POSTGRES)
        patch.setenv("BASTAO_TEST_WAREHOUSE_URL", url)
        patch.setenv("BASTAO_HOME", str(base / "postgres" / "home"))
        other = load_profile(folder)
        # The load sequence and the outbox belong to the raw rows: without them nothing would count as known.
        for file in filter(Path.is_file, profile.home.glob("state.db*")):
            shutil.copy(file, other.paths.create().home / file.name)
        line.build_models(other)
        stages.publish(other).raise_if_refused()
        yield other


def differences_of(one: Path, other: Path) -> list[str]:
    """What differs between two published files: tables, columns, types, rows. An AssertionError when there is nothing in them."""
    tables = _tables(one)
    assert len(tables) > (15 if one.name == FILES[0] else 2)
    if tables != (others := _tables(other)):
        return [f"tables, columns or types differ: {sorted(set(map(str, tables.items())) ^ set(map(str, others.items())))}"]
    wrong = []
    with duckdb.connect() as con:
        con.execute(f"attach '{one}' as a (read_only)")
        con.execute(f"attach '{other}' as b (read_only)")
        for table in tables:
            if table.split(".")[1] in OF_A_RUN:
                continue
            for left, right in (("a", "b"), ("b", "a")):
                query = f"select * from {left}.{table} except all select * from {right}.{table}"
                if extra := con.execute(query + " limit 3").fetchall():
                    wrong.append(f"{table}: only in {'duckdb' if left == 'a' else 'postgres'}: {extra}")
    return wrong


def _tables(path: Path) -> dict[str, list[str]]:
    with duckdb.connect(str(path), read_only=True) as con:
        rows = con.execute(
            "select table_schema || '.' || table_name, column_name || ' ' || data_type from information_schema.columns"
            " order by 1, ordinal_position"
        ).fetchall()
    found: dict[str, list[str]] = {}
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found
