"""Whole delivery runs with a scripted destination: limits, gates, repair, brakes. No network, no real time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activation import operate
from activation.confirmation import confirm
from activation.delivery import deliver
from activation.errors import PlanError, PolicyError
from activation.outbox import Outbox
from activation.policy import Policy, ReadBack
from activation.ports import Outcome, Scope, SendResult
from activation.report import DeliveryReport
from tests.activation.support import (
    NOW,
    SYNC,
    FakeClock,
    FakeConsent,
    FakeDestination,
    FrozenClock,
    new_outbox,
    one_row,
    plan_mapping,
    plan_of,
    policy,
    states,
)  # fmt: skip


class World:
    """A ledger, a clock and a destination."""

    def __init__(self, folder: Path, clock: FakeClock | None = None, **rules: Any):
        self.clock = clock or FakeClock()
        self.outbox: Outbox = new_outbox(folder)
        self.outside = FakeDestination(self.clock)
        self.policy: Policy = policy(**rules)

    def deliver(self, plan: list[dict[str, Any]], **options: Any) -> DeliveryReport:
        return deliver(SYNC, plan, self.outbox, self.outside, self.clock, self.policy, **options)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_each_row_is_sent_once_however_often_the_plan_comes(world: World) -> None:
    for _ in range(3):
        report = world.deliver(plan_of("a", "b", "c"))
    assert (report.in_plan, report.new, report.sent) == (3, 0, 0)
    assert [world.outside.count(one_row(s)) for s in "abc"] == [1, 1, 1]
    assert set(states(world.outbox).values()) == {"accepted"}


def test_reasons_keep_rows_back(world: World) -> None:
    plan = [
        plan_mapping("declined", consent_status="declined"),
        plan_mapping("unknown", consent_status="unknown"),
        plan_mapping("old", closed_at=NOW - timedelta(days=31)),
        plan_mapping("busy", eligible=False, refusal_reason="open_passage"),
        plan_mapping("done", eligible=False, refusal_reason="already_returned"),
        plan_mapping("nomail", email=None),
        plan_mapping("good"),
    ]
    report = world.deliver(plan)
    assert report.refused == {"consent_declined": 1, "consent_unknown": 1}
    assert report.outside_window == {"before_go_live": 1, "already_returned": 1}
    assert report.waiting == {"open_passage": 1, "no_email": 1}
    expected = {"declined": "refused", "unknown": "refused", "busy": "planned", "nomail": "planned", "good": "accepted"}
    assert states(world.outbox) == expected
    # What can change is looked at again; what was refused stays refused, whatever the plan says later.
    later = [plan_mapping(name) for name in ("declined", "unknown", "busy", "nomail")]
    world.deliver(later)
    assert states(world.outbox) == {**expected, "busy": "accepted", "nomail": "accepted"}
    assert world.outside.count(one_row("declined")) == 0


def test_unknown_consent_is_sent_when_the_agreement_allows_it(tmp_path: Path) -> None:
    world = World(tmp_path, consent_unknown="allow")
    world.deliver([plan_mapping("unknown", consent_status="unknown"), plan_mapping("no", consent_status="declined")])
    assert states(world.outbox) == {"unknown": "accepted", "no": "refused"}


def test_consent_is_asked_again_before_sending(world: World) -> None:
    consent = FakeConsent(b="declined", c="missing", d=None)
    report = world.deliver(plan_of("a", "b", "c", "d"), consent=consent)
    assert states(world.outbox) == {"a": "accepted", "b": "refused", "c": "refused", "d": "pending"}
    assert report.refused == {"consent_declined": 1, "contact_missing": 1}
    assert report.pending == 1
    assert world.outside.calls == 1


def test_the_maximum_per_run_and_per_day(tmp_path: Path) -> None:
    world = World(tmp_path, max_per_run=2, max_per_day=3)
    plan = plan_of(*"abcdef")
    first, second, third = (world.deliver(plan) for _ in range(3))
    assert (first.sent, first.stopped, first.pending) == (2, "run_limit", 4)
    assert (second.sent, second.stopped) == (1, "day_limit")
    assert (third.sent, third.stopped) == (0, "day_limit")
    world.clock.instant += timedelta(days=1, seconds=1)
    assert world.deliver(plan).sent == 2


def test_the_plans_order_decides(tmp_path: Path) -> None:
    world = World(tmp_path, max_per_run=1)
    world.deliver([plan_mapping("later", priority=2), plan_mapping("first", priority=1)])
    assert states(world.outbox) == {"later": "pending", "first": "accepted"}


def test_a_row_that_left_the_plan_or_grew_too_old_is_not_sent(tmp_path: Path) -> None:
    world = World(tmp_path, max_per_run=1, max_age_seconds=3 * 86400.0)
    world.deliver([plan_mapping("a", priority=0), *plan_of("b", "c")])
    report = world.deliver([])
    assert (report.sent, report.not_in_plan) == (0, 2)
    world.clock.instant += timedelta(days=2)
    report = world.deliver(plan_of("b", "c"))
    assert (report.sent, report.pending) == (0, 2)


@pytest.mark.parametrize("acted", [True, False])
def test_a_time_out_is_read_back_after_settling_and_never_doubled(world: World, acted: bool) -> None:
    world.outside.script = {"a": [(Outcome.UNCERTAIN, acted)]}
    report = world.deliver(plan_of("a", "b"))
    assert states(world.outbox) == {"a": "accepted", "b": "accepted"}
    assert world.outside.count(one_row("a")) == 1
    assert report.found == acted
    assert sum(world.clock.slept) >= 60


def test_a_world_whose_clock_stands_still_is_waited_for_in_real_time(tmp_path: Path) -> None:
    world = World(tmp_path, clock=FrozenClock())
    world.outside.script = {"a": [(Outcome.UNCERTAIN, False)]}
    world.deliver(plan_of("a"))
    assert states(world.outbox) == {"a": "accepted"}
    assert sum(world.clock.slept) == pytest.approx(60, abs=1)


def test_beyond_the_waiting_budget_the_next_run_settles(tmp_path: Path) -> None:
    world = World(tmp_path, wait_budget_seconds=10)
    world.outside.script = {"a": [(Outcome.UNCERTAIN, True)]}
    assert world.deliver(plan_of("a")).uncertain == 1
    assert states(world.outbox) == {"a": "sending"}
    world.clock.instant += timedelta(seconds=61)
    world.deliver(plan_of("a"))
    assert states(world.outbox) == {"a": "accepted"}
    assert world.outside.calls == 1


@pytest.mark.parametrize("read_back", [ReadBack.WEAK, ReadBack.NONE])
def test_what_cannot_be_read_back_is_held_and_only_a_person_or_ingestion_frees_it(
    tmp_path: Path, read_back: ReadBack
) -> None:
    world = World(tmp_path, read_back=read_back)
    world.outside.script = {name: [(Outcome.UNCERTAIN, True)] for name in "ab"}
    report = world.deliver(plan_of("a", "b"))
    assert (report.held, report.uncertain) == (2, 0)
    world.deliver(plan_of("a", "b"))
    assert states(world.outbox) == {"a": "held", "b": "held"}
    confirm(world.outbox, [{"sync": SYNC, "delivery_id": one_row("a").delivery_id, "confirmed_at": NOW}])
    operate.mark_received(world.outbox, one_row("b").delivery_id, NOW)
    assert states(world.outbox) == {"a": "confirmed", "b": "accepted"}
    assert world.outside.calls == 2


def test_on_uncertain_hold_does_not_resend_even_what_is_absent(tmp_path: Path) -> None:
    world = World(tmp_path, on_uncertain="hold")
    world.outside.script = {"a": [(Outcome.UNCERTAIN, False)]}
    world.deliver(plan_of("a"))
    assert states(world.outbox) == {"a": "held"}


def test_an_unreadable_destination_leaves_rows_held_until_it_can_be_read(world: World) -> None:
    world.outside.script = {"a": [(Outcome.UNCERTAIN, True)]}
    world.outside.readable = False
    world.deliver(plan_of("a"))
    assert states(world.outbox) == {"a": "held"}
    world.outside.readable = True
    world.clock.instant += timedelta(seconds=120)
    world.deliver(plan_of("a"))
    assert states(world.outbox) == {"a": "accepted"}
    assert world.outside.calls == 1


def test_a_row_that_always_vanishes_is_dead_in_the_end(tmp_path: Path) -> None:
    world = World(tmp_path, max_failures=3)
    world.outside.script = {"a": [(Outcome.UNCERTAIN, False)] * 5}
    for _ in range(3):
        world.deliver(plan_of("a"))
    assert states(world.outbox) == {"a": "dead"}
    assert world.outside.calls == 3


def test_definite_refusals_are_dead_letters_with_a_reason_and_retry_replays_them(world: World) -> None:
    world.outside.script = {"a": [SendResult(Outcome.REJECTED, 400, "INVALID_FIELDS")]}
    assert world.deliver(plan_of("a")).dead == 1
    letter = operate.show(world.outbox, one_row("a").delivery_id)
    assert (letter["state"], letter["reason"]) == ("dead", "http_400:INVALID_FIELDS")
    assert [(t["outcome"], t["status_code"]) for t in letter["attempt_log"]] == [("rejected", 400)]
    world.deliver(plan_of("a"))
    assert world.outside.calls == 1
    operate.retry(world.outbox, letter["delivery_id"])
    world.deliver(plan_of("a"))
    assert states(world.outbox) == {"a": "accepted"}


def test_many_failures_in_a_row_stop_the_run(tmp_path: Path) -> None:
    world = World(tmp_path, max_failures_in_a_row=3)
    world.outside.script = {"*": [SendResult(Outcome.REJECTED, 400, "INVALID_FIELDS")]}
    report = world.deliver(plan_of(*"abcdefgh"))
    assert (report.dead, report.stopped, report.pending) == (3, "too_many_failures_in_a_row", 5)


def test_a_refused_connection_costs_nothing_and_is_tried_again(world: World) -> None:
    world.outside.script = {"a": [Outcome.NOT_SENT]}
    assert world.deliver(plan_of("a")).failed == 1
    assert states(world.outbox) == {"a": "failed"}
    world.clock.instant += timedelta(hours=2)
    world.deliver(plan_of("a"))
    assert states(world.outbox) == {"a": "accepted"}


def test_refused_credentials_stop_the_run_and_kill_no_row(world: World) -> None:
    world.outside.script = {"*": [SendResult(Outcome.BLOCKED, 401, "UNAUTHORIZED")]}
    report = world.deliver(plan_of("a", "b"))
    assert report.stopped == "blocked:http_401"
    assert sorted(states(world.outbox).values()) == ["failed", "pending"]


def test_a_429_of_the_account_is_waited_for_within_the_budget(world: World) -> None:
    world.outside.script = {"a": [SendResult(Outcome.THROTTLED, 429, retry_after_seconds=40)]}
    report = world.deliver(plan_of("a", "b"))
    assert set(states(world.outbox).values()) == {"accepted"}
    assert report.throttled == 1 and sum(world.clock.slept) == pytest.approx(40, abs=1)


def test_a_429_of_the_account_beyond_the_budget_stops_the_run(world: World) -> None:
    world.outside.script = {"a": [SendResult(Outcome.THROTTLED, 429, retry_after_seconds=4000)]}
    report = world.deliver(plan_of("a", "b"))
    assert (report.stopped, report.retry_after_seconds, report.pending) == ("quota", 4000, 2)
    assert set(states(world.outbox).values()) == {"pending"}


def test_a_429_of_one_lead_leaves_the_others_alone(world: World) -> None:
    answer = SendResult(Outcome.THROTTLED, 429, retry_after_seconds=43067, scope=Scope.RECORD)
    world.outside.script = {"a": [answer]}
    report = world.deliver(plan_of("a", "b"))
    assert report.stopped is None
    assert states(world.outbox) == {"a": "pending", "b": "accepted"}
    world.clock.instant += timedelta(seconds=43068)
    world.deliver(plan_of("a"))
    assert states(world.outbox) == {"a": "accepted", "b": "accepted"}


def test_an_exception_of_the_destination_is_uncertain_and_its_text_is_not_kept(world: World) -> None:
    world.outside.script = {"a": [RuntimeError("lost a@example.com.br")]}
    world.deliver(plan_of("a"))
    log = operate.show(world.outbox, one_row("a").delivery_id)["attempt_log"]
    assert [t["error_class"] for t in log] == ["RuntimeError", None]
    assert world.outside.count(one_row("a")) == 1


def test_a_lost_ledger_does_not_send_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.deliver(plan_of("a"))
    world.clock.instant += timedelta(hours=1)
    world.outbox.engine.dispose()
    for file in tmp_path.glob("state.db*"):
        file.unlink() if file.is_file() else file.rmdir()
    world.outbox = Outbox(world.outbox.url)
    report = world.deliver(plan_of("a", "b"))
    assert world.outside.count(one_row("a")) == 1
    assert (report.found, report.accepted) == (1, 2)
    # Rows of the time after the new ledger's birth need no look.
    world.clock.instant += timedelta(hours=2)
    finds = world.outside.finds
    world.deliver([plan_mapping("c", closed_at=world.clock.instant - timedelta(minutes=5))])
    assert world.outside.finds == finds


def test_a_lost_ledger_of_a_destination_without_read_back_is_held(tmp_path: Path) -> None:
    world = World(tmp_path, read_back=ReadBack.NONE, on_uncertain="hold")
    world.outbox = Outbox(f"sqlite:///{tmp_path / 'new.db'}")
    world.deliver(plan_of("a"))
    assert states(world.outbox) == {"a": "held"}
    assert world.outside.calls == 0


def test_kill_switches(tmp_path: Path) -> None:
    stop = tmp_path / "STOP"
    world = World(tmp_path, stop_file=stop)
    stop.touch()
    assert world.deliver(plan_of("a")).stopped == "stop_file"
    stop.unlink()
    operate.pause(world.outbox, SYNC, "asked by marketing", NOW)
    assert world.deliver(plan_of("a")).stopped == "paused"
    assert world.outside.calls == 0
    operate.resume(world.outbox, SYNC, NOW)
    assert world.deliver(plan_of("a")).accepted == 1


def test_a_pause_in_the_middle_of_a_run_stops_it(world: World) -> None:
    def progress(done: int, total: int) -> None:
        operate.pause(world.outbox, SYNC, "now", NOW)

    report = world.deliver(plan_of("a", "b"), progress=progress)
    assert (report.sent, report.stopped) == (1, "paused")


def test_wrong_input_is_a_clear_error(world: World, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="row 1: column subject_id is missing"):
        world.deliver([plan_mapping("")])
    with pytest.raises(PlanError, match="comes twice"):
        world.deliver(plan_of("a", "a"))
    with pytest.raises(PlanError, match="must be an instant"):
        world.deliver([plan_mapping("a", closed_at=NOW.date())])
    with pytest.raises(PlanError, match="belongs to sync other"):
        world.deliver([plan_mapping("a", sync="other")])
    world.outside.read_back = ReadBack.WEAK
    with pytest.raises(PolicyError, match="can only be read back weak"):
        world.deliver(plan_of("a"))
    with pytest.raises(PolicyError, match=r"on_uncertain.*max_per_run"):
        policy(on_uncertain="guess", max_per_run=0)
