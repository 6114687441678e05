"""Settles what attempts left behind: uncertain rows are read back, failed ones come back when due."""

from __future__ import annotations

from datetime import datetime, timedelta

from activation import engine
from activation.engine import Row, Step
from activation.faults import crash_point
from activation.outbox import engine_row
from activation.ports import Finding, Presence
from activation.run import Run
from activation.states import State
from activation.steady import mark_of, seconds_between

_LEFT_BEHIND = (State.SENDING, State.FAILED, State.HELD)


def repair_rows(run: Run) -> datetime | None:
    """One look at every row nobody is working on. Returns when the next unsettled one can be decided, or None.

    Presence counts at once, absence only after settling.
    """
    unsettled: list[datetime] = []
    unreadable = False
    for key, known in run.outbox.ledger(run.sync, _LEFT_BEHIND).items():
        if run.partial and key not in run.plan:
            continue
        row = engine_row(known)
        if row.state is State.SENDING and known["worker"] and _working(run, known["worker"]):
            continue
        step, asked_at = engine.repair(row, run.policy, run.now(), key in run.plan), run.now()
        if step.kind == "read_back":
            asked_at = _instant_in_its_time(run, row)
            dead_by = run.seen_dead.setdefault(f"{key}:{row.attempts}", asked_at)
            finding = Finding(Presence.UNKNOWN) if unreadable else _read(run, row)
            unreadable = unreadable or finding.presence is Presence.UNKNOWN
            crash_point("repair:read")
            step = engine.after_read_back(row, finding, run.policy, asked_at, dead_by)
        if step.until:
            unsettled.append(run.now() + (step.until - asked_at))
        _carry_out(run, row, step)
        crash_point("repair:written")
    return min(unsettled, default=None)


def _instant_in_its_time(run: Run, row: Row) -> datetime:
    """Now, on the wall clock that the row's attempt was written by: the date may have been set since."""
    passed = seconds_between(row.sent_mark, mark_of(run.clock))
    if row.sent_at is None or passed is None:
        return run.now()
    return row.sent_at + timedelta(seconds=passed)


def _working(run: Run, worker: str) -> bool:
    # Our own row is ours to repair: this run does one thing at a time and is not inside a call now.
    return worker != run.worker and run.outbox.liveness.alive(worker)


def _read(run: Run, row: Row) -> Finding:
    plan = run.plan[row.delivery_id]
    # Since it happened, not since it was sent: our clock may have been wrong then, and an earlier, lost ledger may have
    # sent it already.
    since = plan.happened_at - timedelta(seconds=run.policy.skew_seconds)
    finding = run.destination.find(plan, since)
    if finding.presence is Presence.UNKNOWN and finding.result and run.patience(finding.result):
        finding = run.destination.find(plan, since)
    return finding


def _carry_out(run: Run, row: Row, step: Step) -> None:
    if step.change is None or not run.outbox.move(row, step.change):
        return
    report = run.report
    match step.change.to:
        case State.ACCEPTED:
            report.accepted += 1
            report.found += 1
        case State.HELD:
            report.held += 1
        case State.DEAD:
            report.dead += 1
