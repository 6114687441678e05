"""Several rows in one call, plans that look wrong, rows that were overtaken, order, and resending under one key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from activation import operate
from activation.delivery import deliver
from activation.engine import is_unusual
from activation.outbox import Outbox
from activation.policy import ReadBack
from activation.ports import Outcome, PlanRow, SendResult
from activation.report import DeliveryReport
from tests.activation.support import NOW, SYNC, FakeClock, FakeDestination, plan_of, policy, states


class Together(FakeDestination):
    """Takes batches; refuses a whole batch that holds a bad subject, as RD Station may."""

    batch_max = 8

    def __init__(self, clock: FakeClock, bad: Sequence[str] = (), atomic: bool = True, takes_some: bool = False):
        super().__init__(clock, settle=60.0)
        self.bad, self.batch_is_atomic, self.takes_some = set(bad), atomic, takes_some
        self.sizes: list[int] = []

    def send(self, row: PlanRow) -> SendResult:
        return self.send_batch([row])[0]

    def send_batch(self, rows: Sequence[PlanRow]) -> list[SendResult]:
        self.sizes.append(len(rows))
        refused = any(row.subject_id in self.bad for row in rows)
        for row in rows:
            if refused and (row.subject_id in self.bad or not self.takes_some):
                continue
            self.received.append((row.delivery_id, self.clock.now()))
        return [SendResult(Outcome.REJECTED if refused else Outcome.ACCEPTED, 400 if refused else 200)] * len(rows)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def ledger(folder: Path) -> Outbox:
    outbox = Outbox(f"sqlite:///{folder / 'state.db'}")
    outbox.bear(SYNC, NOW - timedelta(days=365))
    return outbox


def run(outbox: Outbox, destination: Any, clock: FakeClock, subjects: Sequence[str], **rules: Any) -> DeliveryReport:
    return deliver(SYNC, plan_of(*subjects), outbox, destination, clock, policy(**rules))


def names(count: int) -> list[str]:
    return [f"s{number:02d}" for number in range(count)]


def test_rows_go_in_batches_and_each_once(tmp_path: Path, clock: FakeClock) -> None:
    outbox, there = ledger(tmp_path), Together(clock)
    report = run(outbox, there, clock, names(20), batch_max=50)
    assert there.sizes == [8, 8, 4]
    assert report.accepted == report.sent == 20
    assert len({delivery for delivery, _ in there.received}) == len(there.received) == 20


def test_a_batch_never_exceeds_the_maximum_of_the_run(tmp_path: Path, clock: FakeClock) -> None:
    outbox, there = ledger(tmp_path), Together(clock)
    report = run(outbox, there, clock, names(20), batch_max=8, max_per_run=11)
    assert (there.sizes, report.sent, report.stopped) == ([8, 3], 11, "run_limit")


def test_a_bad_row_is_found_by_halving_and_the_others_arrive(tmp_path: Path, clock: FakeClock) -> None:
    outbox, there = ledger(tmp_path), Together(clock, bad=["s05"])
    run(outbox, there, clock, names(8), batch_max=8)
    assert states(outbox) == {name: "dead" if name == "s05" else "accepted" for name in names(8)}
    assert sorted(there.sizes) == sorted([8, 4, 4, 2, 2, 1, 1])
    assert len(there.received) == 7


@pytest.mark.parametrize("takes_some", [True, False], ids=["took_the_good_ones", "took_none"])
def test_where_a_refused_batch_may_have_acted_it_is_read_back_first(
    tmp_path: Path, clock: FakeClock, takes_some: bool
) -> None:
    """What RD Station does with the good events of a bad batch is not published (contract A5)."""
    outbox, there = ledger(tmp_path), Together(clock, bad=["s05"], atomic=False, takes_some=takes_some)
    rules = {"batch_max": 8, "settle_seconds": 90.0, "backoff_seconds": 1.0, "wait_budget_seconds": 5000.0}
    for _ in range(6):
        run(outbox, there, clock, names(8), **rules)
    assert states(outbox) == {name: "dead" if name == "s05" else "accepted" for name in names(8)}
    received = [delivery for delivery, _ in there.received]
    assert len(received) == len(set(received)) == 7


@pytest.mark.parametrize(
    ("new_rows", "history", "unusual"),
    [(5000, [], False), (5000, [10, 12], False), (51, [10, 8, 9], True), (50, [10, 8, 9], False),
     (200, [60, 50, 40], False), (251, [60, 50, 40], True)],
)  # fmt: skip
def test_what_counts_as_unusual(new_rows: int, history: list[int], unusual: bool) -> None:
    assert is_unusual(new_rows, history, policy()) is unusual


def test_a_suspiciously_large_plan_sends_nothing_until_a_person_accepts_it(tmp_path: Path, clock: FakeClock) -> None:
    outbox, there = ledger(tmp_path), Together(clock)
    for day in range(3):
        run(outbox, there, clock, [f"day{day}-{n}" for n in range(4)])
    broken = names(300)
    report = run(outbox, there, clock, broken)
    assert (report.stopped, report.unusual, report.new, report.sent) == ("plan_unusually_large", 300, 0, 0)
    assert len(there.received) == 12
    accepted = run(outbox, there, clock, broken, accept_unusual=True, max_per_run=1000)
    assert accepted.accepted == 300
    assert run(outbox, there, clock, broken).stopped is None


def test_an_open_row_that_newer_content_overtook_is_never_sent(tmp_path: Path, clock: FakeClock) -> None:
    outbox, there = ledger(tmp_path), FakeDestination(clock)
    outbox_rules = {"newest_content_only": True, "max_per_run": 1}
    old = plan_of("a", "b", occurrence="owner-1")
    deliver(SYNC, old, outbox, there, clock, policy(**outbox_rules))
    assert sorted(row["state"] for row in outbox.ledger(SYNC).values()) == ["accepted", "pending"]
    new = plan_of("a", "b", occurrence="owner-2")
    report = deliver(SYNC, new, outbox, there, clock, policy(newest_content_only=True))
    assert report.refused == {"superseded": 1}
    assert report.accepted == 2
    assert len(there.received) == 3


def test_the_nearest_deadline_goes_first_then_the_greater_value(tmp_path: Path, clock: FakeClock) -> None:
    outbox, there = ledger(tmp_path), Together(clock)
    rows = [row | values for row, values in zip(plan_of("late", "soon", "rich", "poor"), (
        {"deadline_at": NOW + timedelta(hours=9)}, {"deadline_at": NOW + timedelta(minutes=3)},
        {"value": Decimal("9000.00")}, {"value": Decimal("10.00")}), strict=True)]  # fmt: skip
    order: list[str] = []
    deliver(SYNC, rows, outbox, there, clock, policy(), progress=lambda done, total: None)
    ids = {row["delivery_id"]: row["subject_id"] for row in outbox.ledger(SYNC).values()}
    order = [ids[delivery] for delivery, _ in there.received]
    assert order == ["soon", "late", "rich", "poor"]


@pytest.mark.parametrize(("safe", "state"), [(True, "accepted"), (False, "held")])
def test_only_a_receiver_that_knows_our_key_gets_an_uncertain_row_again(
    tmp_path: Path, clock: FakeClock, safe: bool, state: str
) -> None:
    outbox, there = ledger(tmp_path), FakeDestination(clock)
    there.read_back = ReadBack.NONE  # type: ignore[misc]
    there.script = {"a": [(Outcome.UNCERTAIN, True), Outcome.ACCEPTED]}
    rules = {"read_back": ReadBack.NONE, "resend_is_safe": safe, "wait_budget_seconds": 3600.0}
    run(outbox, there, clock, ["a"], **rules)
    assert states(outbox) == {"a": state}
    assert there.calls == (2 if safe else 1)
    assert operate.count_by_state(outbox) == {(SYNC, state): 1}
