"""Publishing on real DuckDB files: what is hidden, what readers see while it happens, and kills between the renames."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import publish
from orchestration.publish import ColumnFacts, Publication, build_candidate, recover, swap

FACTS = ColumnFacts(
    {"marts.dim_sellers": {"": "Sellers.", "seller_id": "Key."}},
    {"marts.dim_sellers": frozenset({"seller_name"}), "plan.plan_nurture_return": frozenset({"email"})},
)


def _publication(number: int) -> Publication:
    return Publication(
        f"s{number}", datetime(2026, 6, 30, 21, tzinfo=UTC), number, datetime(2026, 7, 1, tzinfo=UTC)
    )


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts; create schema plan; create schema raw_x")
        con.execute(
            "create table marts.dim_sellers as select 'k' as seller_id, 'Nome' as seller_name, 1.50::decimal(18,2) as v"
        )
        con.execute("create table plan.plan_nurture_return as select 'x' as subject_id, 'a@b.co' as email")
        con.execute("create table raw_x.t as select 1 as i")
    return path


def _columns(path: Path, table: str) -> list[str]:
    with duckdb.connect(str(path), read_only=True) as con:
        return [r[0] for r in con.execute(f"describe {table}").fetchall()]


def test_personal_columns_stay_out_of_the_bi_file_and_in_the_private_plan(
    warehouse: Path, tmp_path: Path
) -> None:
    out = tmp_path / "published"
    swap(build_candidate(warehouse, out, _publication(1), FACTS), out)
    assert _columns(out / "bastao.duckdb", "marts.dim_sellers") == ["seller_id", "v"]
    assert "email" in _columns(out / "plan.duckdb", "plan_nurture_return")
    assert stat.S_IMODE((out / "plan.duckdb").stat().st_mode) == 0o600
    with duckdb.connect(str(out / "bastao.duckdb"), read_only=True) as con:
        assert con.execute(
            "select comment from duckdb_tables() where table_name = 'dim_sellers'"
        ).fetchone() == ("Sellers.",)
        assert con.execute("select known_at from marts.publication").fetchone() == (1,)
        assert con.execute(
            "select count(*) from duckdb_tables() where schema_name like 'raw%'"
        ).fetchone() == (0,)


def test_the_operator_may_turn_a_personal_column_on(warehouse: Path, tmp_path: Path) -> None:
    candidate = build_candidate(
        warehouse, tmp_path / "p", _publication(1), FACTS, ["dim_sellers.seller_name"]
    )
    assert "seller_name" in _columns(candidate.bi_path, "marts.dim_sellers")


def test_a_held_reader_keeps_its_snapshot_and_the_next_one_sees_the_new(
    warehouse: Path, tmp_path: Path
) -> None:
    out = tmp_path / "published"
    swap(build_candidate(warehouse, out, _publication(1), FACTS), out)
    held = duckdb.connect(str(out / "bastao.duckdb"), read_only=True)
    swap(build_candidate(warehouse, out, _publication(2), FACTS), out)
    assert held.execute("select known_at from marts.publication").fetchone() == (1,)
    held.close()
    with duckdb.connect(str(out / "bastao.duckdb"), read_only=True) as con:
        assert con.execute("select known_at from marts.publication").fetchone() == (2,)


def test_a_kill_between_the_renames_is_finished_by_recover(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "published"
    swap(build_candidate(warehouse, out, _publication(1), FACTS), out)
    candidate = build_candidate(warehouse, out, _publication(2), FACTS)
    monkeypatch.setattr(publish, "recover", lambda _: None)  # killed right after READY was written
    swap(candidate, out)
    candidate.plan_path.replace(out / "plan.duckdb")  # … and after the first rename
    monkeypatch.undo()
    assert recover(out)
    for name, schema in (("bastao.duckdb", "marts"), ("plan.duckdb", "main")):
        with duckdb.connect(str(out / name), read_only=True) as con:
            assert con.execute(f"select known_at from {schema}.publication").fetchone() == (2,)
    assert not recover(out)


def test_a_candidate_that_failed_leaves_the_last_good_snapshot(warehouse: Path, tmp_path: Path) -> None:
    out = tmp_path / "published"
    swap(build_candidate(warehouse, out, _publication(1), FACTS), out)
    build_candidate(warehouse, out, _publication(2), FACTS)  # not swapped: the gate said no
    assert not recover(out)
    with duckdb.connect(str(out / "bastao.duckdb"), read_only=True) as con:
        assert con.execute("select known_at from marts.publication").fetchone() == (1,)
