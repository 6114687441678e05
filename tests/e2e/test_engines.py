"""The same models on DuckDB and PostgreSQL: what is published from both is equal, row by row and column by column."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration import stages
from orchestration.profile import Profile
from orchestration.settings import load_profile
from tests.e2e import line
from tests.e2e.raw_copy import copy_raw
from tests.support.company import company, write_profile
from tests.support.postgres import scratch_database
from tests.support.sandbox import running_sandbox, simulated

OF_A_RUN = {"publication"}  # says when and by which run: differs by nature


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Profile, Profile]]:
    """The same raw rows, transformed and published by both engines, after a first round of returns."""
    base = tmp_path_factory.mktemp("engines")
    world = simulated(seed=5, leads=250, dirt=1.5)
    with (
        running_sandbox(
            world, now=world.end.isoformat(), limit_speed=600.0, home=str(base / "sandbox")
        ) as box,
        company(base / "duckdb", box) as profile,
        scratch_database() as url,
        pytest.MonkeyPatch.context() as patch,
    ):
        line.ingest_all(profile)
        line.build(profile)
        stages.deliver(profile)
        box.advance(600)
        line.ingest_all(profile)
        stages.transform(profile)
        # Before publishing: the ledger that goes with it would tell the second build what the first one found.
        copy_raw(profile.paths.warehouse, url)
        stages.publish(profile).raise_if_refused()
        folder = write_profile(base / "postgres" / "company", box.url, **{
            "engine: duckdb ": "engine: postgres\nengine_url_env: BASTAO_TEST_WAREHOUSE_URL ",
        })  # fmt: skip
        patch.setenv("BASTAO_TEST_WAREHOUSE_URL", url)
        patch.setenv("BASTAO_HOME", str(base / "postgres" / "home"))
        other = load_profile(folder)
        # The load sequence and the outbox belong to the raw rows: without them nothing would count as known.
        for file in filter(Path.is_file, profile.home.glob("state.db*")):
            shutil.copy(file, other.paths.create().home / file.name)
        stages.transform(other)
        stages.publish(other).raise_if_refused()
        yield profile, other


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


@pytest.mark.parametrize("file", ["bastao.duckdb", "plan.duckdb"])
def test_both_engines_publish_the_same(published: tuple[Profile, Profile], file: str) -> None:
    one, other = (p.paths.published / file for p in published)
    tables = _tables(one)
    assert tables == _tables(other), "tables, columns or types differ"
    assert len(tables) > (15 if file == "bastao.duckdb" else 2)
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
    assert not wrong, "\n".join(wrong)


def test_there_was_something_to_compare(published: tuple[Profile, Profile]) -> None:
    counts = line.frame(
        published[0].paths.published / "bastao.duckdb",
        "select (select count(*) from marts.fct_handoffs) h, (select count(*) from marts.fct_sla_verdicts) v,"
        " (select count(*) from marts.fct_revenue) r, (select count(*) from marts.fct_deliveries) d",
    )
    assert all(int(n) > 0 for n in counts.iloc[0])
