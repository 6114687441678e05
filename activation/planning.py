"""Brings the ledger up to date with the plan: new rows enter, waiting rows are let in, refusals are written down."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from activation import engine
from activation.faults import crash_point
from activation.outbox import engine_row
from activation.ports import PlanRow
from activation.run import Run
from activation.states import State


def enter_plan(run: Run) -> None:
    """Insert what is new, and gate again what is `planned` or `pending`. Sends nothing.

    A plan with suspiciously many new rows enters nothing and stops the run.
    """
    now = run.now()
    born_at = run.outbox.bear(run.sync, now)
    crash_point("plan:ledger_born")
    ledger = run.outbox.known(run.sync, run.plan) if run.partial else run.outbox.ledger(run.sync)
    new: list[tuple[PlanRow, engine.Change | None, str | None, bool]] = []
    for delivery_id, row in run.plan.items():
        problem = run.destination.problem(row)
        known = ledger.get(delivery_id)
        if known is None:
            if outside := engine.outside_window(row, run.policy, now):
                run.report.outside_window[outside] += 1
                continue
            change = engine.admit(row, State.PLANNED, problem, run.policy)
            waits_for = None if change else engine.waiting_reason(row, problem)
            new.append((row, change, waits_for, engine.must_read_first(row.happened_at, born_at, run.policy)))
        elif known["state"] in (State.PLANNED, State.PENDING):
            _gate_again(run, known, problem)
    if run.policy.newest_content_only:
        _refuse_overtaken(run, ledger)
    to_send = sum(change is not None and change.to is State.PENDING for _, change, _, _ in new)
    if engine.is_unusual(to_send, run.outbox.plan_sizes(run.sync), run.policy):
        run.report.unusual = to_send
        run.stop("plan_unusually_large")
        return
    for _, change, waits_for, _ in new:
        if change and change.to is State.REFUSED:
            run.report.refused[change.reason or "?"] += 1
        elif change and change.to is State.HELD:
            run.report.held += 1
        elif waits_for:
            run.report.waiting[waits_for] += 1
    crash_point("plan:before_insert")
    run.report.new = run.outbox.add(new, run.destination.name, now)
    if not run.partial:  # parts say nothing about how large plans usually are
        run.outbox.remember_plan(run.sync, min(to_send, run.report.new), now)
    crash_point("plan:after_insert")


def _refuse_overtaken(run: Run, ledger: Mapping[str, sa.RowMapping]) -> None:
    """Open rows whose subject has other content in the plan now."""
    subjects = {row.subject_id for row in run.plan.values()}
    for delivery_id, known in ledger.items():
        if delivery_id in run.plan or known["subject_id"] not in subjects:
            continue
        row = engine_row(known)
        change = engine.overtaken(row.state)
        if change and run.outbox.move(row, change):
            run.report.refused["superseded"] += 1


def _gate_again(run: Run, known: sa.RowMapping, problem: str | None) -> None:
    row, plan = engine_row(known), run.plan[known["delivery_id"]]
    change = engine.admit(plan, row.state, problem, run.policy)
    if change:
        if run.outbox.move(row, change):
            run.report.held += change.to is State.HELD
            if change.to is State.REFUSED:
                run.report.refused[change.reason or "?"] += 1
        return
    waits_for = engine.waiting_reason(plan, problem)
    if waits_for:
        run.report.waiting[waits_for] += 1
        if row.state is State.PLANNED:
            run.outbox.note(row, waits_for)
