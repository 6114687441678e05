"""The dry run: what a delivery would do, from the same rules, on a ledger opened for reading. Writes nothing."""

from __future__ import annotations

import sqlalchemy as sa

from activation import engine
from activation.drain import Rates, foresee
from activation.outbox import Outbox, engine_row
from activation.policy import Policy
from activation.ports import Clock, Destination, PlanRow
from activation.report import DeliveryReport
from activation.states import State


def preview(
    sync: str,
    plan: dict[str, PlanRow],
    outbox: Outbox,
    destination: Destination,
    clock: Clock,
    policy: Policy,
    rates: Rates | None = None,
) -> DeliveryReport:
    """Counts of what would be sent, refused and kept back now. Consent as the plan knows it; nobody is called."""
    report = DeliveryReport(sync, dry_run=True, in_plan=len(plan))
    now = clock.now()
    reader = Outbox(outbox.url, read_only=True)
    exists = outbox.exists()
    try:
        ledger = reader.ledger(sync) if exists else {}
        for delivery_id, row in plan.items():
            known = ledger.get(delivery_id)
            _one(report, row, engine_row(known) if known else None, destination, policy, now=now)
        begun_today = reader.begun_since(sync, now - engine.DAY) if exists else 0
        if exists and reader.paused(sync):
            report.stopped = "paused"
        elif exists and engine.is_unusual(report.new, _sizes(reader, sync), policy):
            report.stopped, report.unusual = "plan_unusually_large", report.new
        _left(report, policy, policy.max_per_day - begun_today)
        foresee(report, destination, policy, begun_today, rates)
    finally:
        if exists:
            reader.engine.dispose()
    if policy.stop_file and policy.stop_file.exists():
        report.stopped = "stop_file"
    return report


def _sizes(reader: Outbox, sync: str) -> list[int]:
    """Sizes of earlier plans; none in a ledger that an earlier release wrote and that was not opened for writing since."""
    try:
        return reader.plan_sizes(sync)
    except sa.exc.DBAPIError:
        return []


def _one(report: DeliveryReport, plan: PlanRow, row: engine.Row | None, destination: Destination, policy: Policy,
         now: engine.datetime) -> None:  # fmt: skip
    state = row.state if row else State.PLANNED
    if outside := engine.outside_window(plan, policy, now):
        report.outside_window[outside] += row is None
        return
    if state not in (State.PLANNED, State.PENDING, State.FAILED):
        report.uncertain += state is State.SENDING
        report.held += state is State.HELD
        return
    report.new += row is None
    if state is State.FAILED:
        state = State.PENDING
    problem = destination.problem(plan)
    change = engine.admit(plan, state, problem, policy)
    if change and change.to is State.REFUSED:
        report.refused[change.reason or "?"] += 1
    elif change and change.to is State.HELD:
        report.held += 1
    elif waits_for := engine.waiting_reason(plan, problem):
        report.waiting[waits_for] += 1
    else:
        report.pending += 1


def _left(report: DeliveryReport, policy: Policy, left_today: int) -> None:
    report.would_send = max(0, min(report.pending, policy.max_per_run, left_today))
    if report.would_send < report.pending and report.stopped is None:
        report.stopped = "run_limit" if report.would_send == policy.max_per_run else "day_limit"
