"""The verdict ledger: what enters it, what does not, and kills at its points; on DuckDB and on PostgreSQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from orchestration import faults, ledger
from tests.support.postgres import scratch_database

MONDAY = datetime(2026, 6, 29, 12, tzinfo=UTC)
COLUMNS = (
    "verdict_id varchar, clause_id varchar, subject_type varchar, subject_id varchar, agreement_version varchar,"
    " agreement_hash varchar, verdict varchar, reason varchar, due_at timestamp, met_at timestamp,"
    " elapsed_seconds bigint, business_seconds bigint"
)


class Books:
    """A warehouse with a mart of verdicts and its ledger."""

    def __init__(self, warehouse: Path | str) -> None:
        self.warehouse = warehouse
        self.run("drop schema if exists marts cascade; drop schema if exists raw_ledger cascade; create schema marts")
        self.run(f"create table marts.fct_sla_verdicts ({COLUMNS})")

    def run(self, query: str) -> list[tuple[Any, ...]]:
        opened: Any = (
            psycopg.connect(self.warehouse) if isinstance(self.warehouse, str) else duckdb.connect(str(self.warehouse))
        )
        with opened as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if query.startswith("select") else []

    def judge(self, **verdicts: str) -> None:
        """Replace the mart: a name is a verdict's id, its value `verdict[/reason][@hash]`."""
        rows = []
        for name, text in verdicts.items():
            judged, _, text_hash = text.partition("@")
            verdict, _, reason = judged.partition("/")
            met = "timestamp '2026-06-28 10:00:00'" if verdict == "met" else "null"
            rows.append(
                f"insert into marts.fct_sla_verdicts values ('{name}', 'first_contact', 'handoff', 'h-{name}', 'v1', '{text_hash or 'aaa'}', '{verdict}',"
                f" nullif('{reason}', ''), timestamp '2026-06-28 12:00:00', {met}, 3600, 3600)"
            )
        self.run("; ".join(["delete from marts.fct_sla_verdicts", *rows]))

    def publish(self, days: int = 0, load_seq: int = 1) -> int:
        ledger.note_changes(self.warehouse, MONDAY + timedelta(days=days), load_seq)
        return ledger.append(self.warehouse)

    def rows(self, columns: str = "verdict_id, verdict") -> list[tuple[Any, ...]]:
        return self.run(f"select {columns} from raw_ledger.verdicts order by row_seq")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with scratch_database() as url:
        yield url


@pytest.fixture(params=["duckdb", "postgres"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Books:
    """An empty warehouse on either engine."""
    if request.param == "duckdb":
        return Books(tmp_path / "warehouse.duckdb")
    return Books(request.getfixturevalue("database"))


def test_a_verdict_enters_when_it_is_known_and_again_when_it_changes(books: Books) -> None:
    books.judge(a="met", b="running", c="breached")
    assert books.publish(load_seq=7) == 2
    assert books.publish() == 0  # the same run once more
    books.judge(a="met", b="breached", c="met")
    assert books.publish(days=1, load_seq=9) == 2
    assert books.rows() == [("a", "met"), ("c", "breached"), ("b", "breached"), ("c", "met")]
    assert books.rows("row_seq, load_seq, known_at, record_origin") == [
        (1, 7, datetime(2026, 6, 29, 12), "publish"),
        (2, 7, datetime(2026, 6, 29, 12), "publish"),
        (3, 9, datetime(2026, 6, 30, 12), "publish"),
        (4, 9, datetime(2026, 6, 30, 12), "publish"),
    ]


def test_reason_times_and_text_count_as_changes_and_a_known_verdict_may_run_again(books: Books) -> None:
    books.judge(a="not_judgeable/imprecise_start")
    books.publish()
    books.judge(a="not_judgeable/outside_calendar")
    books.publish(days=1)
    books.judge(a="not_judgeable/outside_calendar@bbb")  # judged by another text
    books.publish(days=2)
    books.judge(a="running@bbb")
    books.publish(days=3)
    books.run("update marts.fct_sla_verdicts set due_at = timestamp '2026-07-01 12:00:00'")
    assert books.publish(days=4) == 1
    assert books.rows("verdict, reason, agreement_hash") == [
        ("not_judgeable", "imprecise_start", "aaa"),
        ("not_judgeable", "outside_calendar", "aaa"),
        ("not_judgeable", "outside_calendar", "bbb"),
        ("running", None, "bbb"),
        ("running", None, "bbb"),
    ]


def test_a_vanished_verdict_is_withdrawn_once_and_may_come_back(books: Books) -> None:
    books.judge(a="met", b="running")
    books.publish()
    books.judge()
    assert books.publish(days=1) == 1  # b was never in the ledger
    assert books.publish(days=2) == 0
    kept = "verdict, clause_id, subject_id, agreement_hash, due_at, met_at, elapsed_seconds"
    assert books.rows(kept)[1] == ("withdrawn", "first_contact", "h-a", "aaa", None, None, None)
    books.judge(a="met")
    assert books.publish(days=3) == 1
    assert [row[1] for row in books.rows()] == ["met", "withdrawn", "met"]


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


@pytest.mark.parametrize("point", ["ledger.noted", "ledger.inserted", "ledger.end"])
def test_killed_at_any_point_the_next_run_ends_the_same(books: Books, point: str) -> None:
    def kill(name: str) -> None:
        if name == point:
            raise Killed

    books.judge(a="met", b="breached")
    books.publish()
    books.judge(a="breached", c="met")
    faults.install(kill)
    try:
        with contextlib.suppress(Killed):
            books.publish(days=1)
            pytest.fail(f"{point} was not reached")
    finally:
        faults.install(None)
    books.publish(days=1)
    books.publish(days=1)
    assert books.rows() == [("a", "met"), ("b", "breached"), ("a", "breached"), ("b", "withdrawn"), ("c", "met")]


def test_notes_of_a_refused_candidate_are_replaced(books: Books) -> None:
    books.judge(a="met")
    ledger.note_changes(books.warehouse, MONDAY, 1)  # the gate said no
    books.judge(a="breached")
    assert books.publish(days=1) == 1
    assert books.rows() == [("a", "breached")]
