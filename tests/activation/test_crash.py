"""SIGKILL at every crash point, against a real HTTP server: each row arrives exactly once, and the ledger ends as if
nothing had happened."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activation import faults
from activation.delivery import deliver
from activation.destinations.rd_station_contact import RdConsent
from activation.destinations.rd_station_nurture import RdStationNurture
from activation.outbox import Outbox
from activation.policy import Policy
from activation.report import DeliveryReport
from tests.activation.loopback import JumpingClock, Loopback, PlainApi, RealClock
from tests.activation.support import SYNC, one_row, plan_mapping, policy, states

SETTLE = 0.15
SUBJECTS = ("a", "b", "declined", "unwilling")
EXPECTED = {"a": "accepted", "b": "accepted", "declined": "refused", "unwilling": "refused"}


def plan() -> list[dict[str, Any]]:
    rows = [plan_mapping(s, closed_at=RealClock().now() - timedelta(days=1)) for s in SUBJECTS]
    rows[2]["consent_status"] = "declined"
    return rows


def rules() -> Policy:
    return policy(go_live=RealClock().now() - timedelta(days=5), settle_seconds=SETTLE + 0.05, call_seconds=1.0,
                  backoff_seconds=0.05, backoff_limit_seconds=0.1, skew_seconds=60.0)  # fmt: skip


def run(folder: Path, loopback: Loopback) -> DeliveryReport:
    api = PlainApi(loopback.base)
    outbox = Outbox(f"sqlite:///{folder / 'state.db'}")
    try:
        return deliver(SYNC, plan(), outbox, RdStationNurture(api), RealClock(), rules(), consent=RdConsent(api))
    finally:
        outbox.engine.dispose()


def in_child(action: Callable[[], object]) -> int:
    """Run in a forked child; its exit status, negative for a signal."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            action()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(name: str, nth: int) -> Callable[[str], None]:
    seen: Counter[str] = Counter()

    def handler(point: str) -> None:
        seen[point] += 1
        if point == name and seen[point] == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    return handler


def control(loopback: Loopback, fault: list[str]) -> None:
    loopback.control(settle=SETTLE, faults=fault, bases={"unwilling@example.com.br": "declined"})


def check(folder: Path, loopback: Loopback, where: str) -> None:
    assert loopback.received() == {one_row(s).delivery_id: 1 for s in "ab"}, where
    assert states(Outbox(f"sqlite:///{folder / 'state.db'}")) == EXPECTED, where


AFTER_THE_CALL = ("nurture:after", "send:returned", "send:recorded", "repair:")


# What goes wrong besides the kill: nothing; the first answer is lost after the service acted; before it acted.
@pytest.mark.parametrize("fault", [[], ["drop_after"], ["500_before"]], ids=["calm", "acted_and_lost", "failed"])
def test_killed_at_any_point_each_lead_is_returned_once(
    fault: list[str], loopback: Loopback, tmp_path: Path
) -> None:
    points: list[str] = []
    faults.install(points.append)
    control(loopback, fault)
    (tmp_path / "calm").mkdir()
    run(tmp_path / "calm", loopback)
    faults.install(None)
    check(tmp_path / "calm", loopback, "undisturbed")
    wanted = {"plan:after_insert", "send:consent_read", "send:refused", "send:looked_first", "send:before_claim",
              "send:claimed", "nurture:before_post", "nurture:after_post", "send:returned", "send:recorded"}  # fmt: skip
    assert wanted <= set(points)
    assert not fault or "repair:read" in points

    # How often a settling row is looked at depends on timing: the first look will do. The second row is like the first.
    occurrences = [(name, nth) for name, number in Counter(points).items() for nth in range(1, number + 1)
                   if nth <= (1 if name.startswith(("repair:", "send:consent")) else 2)]  # fmt: skip
    if fault:
        # Before the faulty answer nothing differs from the calm run.
        occurrences = [(name, nth) for name, nth in occurrences if name.startswith(AFTER_THE_CALL)]
    for number, (name, nth) in enumerate(occurrences):
        control(loopback, fault)
        folder = tmp_path / str(number)
        folder.mkdir()

        def dying(name: str = name, nth: int = nth, folder: Path = folder) -> None:
            faults.install(kill_at(name, nth))
            run(folder, loopback)

        assert in_child(dying) == -signal.SIGKILL, f"{name} #{nth} was not reached"
        run(folder, loopback)
        check(folder, loopback, f"killed at {name} #{nth}")


@pytest.mark.parametrize("round_", range(4))
def test_killed_again_and_again(round_: int, loopback: Loopback, tmp_path: Path) -> None:
    """The repair itself is killed too."""
    control(loopback, ["drop_after", "slow_before", "500_after"])
    for name in ("send:claimed", "repair:read", "nurture:after_post", "repair:written", "send:returned")[round_:]:

        def dying(name: str = name) -> None:
            faults.install(kill_at(name, 1))
            run(tmp_path, loopback)

        in_child(dying)
    run(tmp_path, loopback)
    check(tmp_path, loopback, f"round {round_}")


def test_two_runs_at_once_share_the_work_and_send_nothing_twice(loopback: Loopback, tmp_path: Path) -> None:
    loopback.control(settle=SETTLE, faults=["ok", "slow_after", "drop_after", "ok", "500_before"])
    subjects = [f"s{n}" for n in range(12)]
    Outbox(f"sqlite:///{tmp_path / 'state.db'}").bear(SYNC, RealClock().now() - timedelta(days=9))

    def one() -> None:
        api, outbox = PlainApi(loopback.base), Outbox(f"sqlite:///{tmp_path / 'state.db'}")
        rows = [plan_mapping(s, closed_at=RealClock().now() - timedelta(days=1)) for s in subjects]
        deliver(SYNC, rows, outbox, RdStationNurture(api), RealClock(), rules(), consent=RdConsent(api))

    runs = [threading.Thread(target=lambda: results.append(in_child(one))) for _ in range(3)]
    results: list[int] = []
    for thread in runs:
        thread.start()
    for thread in runs:
        thread.join()
    assert results == [0, 0, 0]
    one()
    assert loopback.received() == {one_row(s).delivery_id: 1 for s in subjects}
    assert set(states(Outbox(f"sqlite:///{tmp_path / 'state.db'}")).values()) == {"accepted"}


def test_a_row_whose_sender_is_only_suspended_is_left_alone(loopback: Loopback, tmp_path: Path) -> None:
    control(loopback, [])

    def stops_before_the_call() -> None:
        def handler(point: str) -> None:
            if point == "nurture:before_post":
                faults.install(None)
                os.kill(os.getpid(), signal.SIGSTOP)

        faults.install(handler)
        run(tmp_path, loopback)

    child = os.fork()
    if child == 0:
        try:
            stops_before_the_call()
        finally:
            os._exit(0)
    os.waitpid(child, os.WUNTRACED)
    try:
        # It claimed one row and sleeps just before its call. Others do the rest, but must not touch that one.
        run(tmp_path, loopback)
        assert sorted(states(Outbox(f"sqlite:///{tmp_path / 'state.db'}")).values()).count("sending") == 1
        os.kill(child, signal.SIGCONT)
        os.waitpid(child, 0)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    check(tmp_path, loopback, "after waking up")


@pytest.mark.parametrize("offsets", [(0.0, 2 * 86400.0), (7200.0, 0.0), (0.0, -7200.0)], ids=["forward", "was_ahead", "back"])
def test_setting_the_date_never_makes_an_attempt_look_settled(
    offsets: tuple[float, float], loopback: Loopback, tmp_path: Path
) -> None:
    """Killed after the service acted and before it shows so; the next run lives under another date."""
    settle = 0.8
    loopback.control(settle=settle)
    rows = [plan_mapping("a", closed_at=RealClock().now() - timedelta(days=1))]
    limits = policy(go_live=RealClock().now() - timedelta(days=9), settle_seconds=settle + 0.1, call_seconds=0.2,
                    backoff_seconds=0.02, skew_seconds=60.0)  # fmt: skip
    url = f"sqlite:///{tmp_path / 'state.db'}"

    def once(off: float) -> DeliveryReport:
        outbox, api = Outbox(url), PlainApi(loopback.base)
        return deliver(SYNC, rows, outbox, RdStationNurture(api), JumpingClock(off), limits, consent=RdConsent(api))

    def dying() -> None:
        faults.install(kill_at("nurture:after_post", 1))
        once(offsets[0])

    assert in_child(dying) == -signal.SIGKILL
    once(offsets[1])
    assert loopback.received() == {one_row("a").delivery_id: 1}
    assert states(Outbox(url)) == {"a": "accepted"}
