"""A dry run says what would happen and changes not one byte."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from activation import operate
from activation.delivery import deliver
from activation.outbox import Outbox
from activation.ports import Outcome
from activation.tables import metadata
from tests.activation.support import (
    NOW,
    SYNC,
    FakeClock,
    FakeDestination,
    new_outbox,
    plan_mapping,
    plan_of,
    policy,
)  # fmt: skip

PLAN = [
    *plan_of("a", "b", "c"),
    plan_mapping("declined", consent_status="declined"),
    plan_mapping("old", closed_at=NOW - timedelta(days=40)),
    plan_mapping("busy", eligible=False, refusal_reason="open_passage"),
]


def contents(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_without_a_ledger_none_is_made(tmp_path: Path) -> None:
    outside = FakeDestination(FakeClock())
    report = deliver(SYNC, PLAN, Outbox(f"sqlite:///{tmp_path / 's.db'}"), outside, FakeClock(), policy(), dry_run=True)
    assert list(tmp_path.iterdir()) == []
    assert (report.dry_run, report.would_send, report.new, report.sent) == (True, 3, 5, 0)
    assert report.refused == {"consent_declined": 1}
    assert report.outside_window == {"before_go_live": 1}
    assert report.waiting == {"open_passage": 1}
    assert (outside.calls, outside.finds) == (0, 0)


def test_a_ledger_keeps_its_bytes(tmp_path: Path) -> None:
    clock = FakeClock()
    outside, outbox = FakeDestination(clock), new_outbox(tmp_path)
    outside.script = {"b": [(Outcome.UNCERTAIN, True)]}
    deliver(SYNC, plan_of("a", "b", "x", "y"), outbox, outside, clock, policy(max_per_run=2, wait_budget_seconds=1))
    outbox.engine.dispose()
    before, calls = contents(tmp_path), (outside.calls, outside.finds)
    report = deliver(SYNC, PLAN, outbox, outside, clock, policy(max_per_run=1), dry_run=True)
    assert contents(tmp_path) == before
    assert (outside.calls, outside.finds) == calls
    assert (report.would_send, report.stopped) == (1, "run_limit")
    assert report.as_dict()["refused"] == {"consent_declined": 1}


def test_rows_stay_equal_on_either_engine(state_url: str) -> None:
    clock = FakeClock()
    outbox, outside = Outbox(state_url), FakeDestination(clock)
    operate.pause(outbox, SYNC, "holiday", NOW)

    def rows() -> list[list[tuple[object, ...]]]:
        with outbox.reading() as connection:
            return [sorted(map(tuple, connection.execute(sa.select(t))), key=str) for t in metadata.sorted_tables]

    before = rows()
    report = deliver(SYNC, PLAN, Outbox(state_url), outside, clock, policy(), dry_run=True)
    assert rows() == before
    assert report.stopped == "paused"


def test_what_the_dry_run_promised_is_what_the_run_does(tmp_path: Path) -> None:
    clock = FakeClock()
    outbox, outside = new_outbox(tmp_path), FakeDestination(clock)
    promised = deliver(SYNC, PLAN, outbox, outside, clock, policy(), dry_run=True)
    done = deliver(SYNC, PLAN, outbox, outside, clock, policy())
    assert promised.would_send == done.sent
    for name in ("in_plan", "new", "refused", "outside_window", "waiting"):
        assert getattr(promised, name) == getattr(done, name), name
