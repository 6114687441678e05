"""Brings the ledger up to date with the plan: new rows enter, waiting rows are let in, refusals are written down."""

from __future__ import annotations

import sqlalchemy as sa

from activation import engine
from activation.faults import crash_point
from activation.outbox import engine_row
from activation.run import Run
from activation.states import State


def enter_plan(run: Run) -> None:
    """Insert what is new, and gate again what is `planned` or `pending`. Sends nothing."""
    now = run.now()
    born_at = run.outbox.bear(run.sync, now)
    crash_point("plan:ledger_born")
    ledger = run.outbox.ledger(run.sync)
    new = []
    for delivery_id, row in run.plan.items():
        problem = run.destination.problem(row)
        known = ledger.get(delivery_id)
        if known is None:
            if outside := engine.outside_window(row, run.policy, now):
                run.report.outside_window[outside] += 1
                continue
            change = engine.admit(row, State.PLANNED, problem, run.policy)
            waits_for = None if change else engine.waiting_reason(row, problem)
            first = engine.must_read_first(row.happened_at, born_at, run.policy)
            new.append((row, change, waits_for, first))
            if change and change.to is State.REFUSED:
                run.report.refused[change.reason or "?"] += 1
            elif waits_for:
                run.report.waiting[waits_for] += 1
        elif known["state"] in (State.PLANNED, State.PENDING):
            _gate_again(run, known, problem)
    crash_point("plan:before_insert")
    run.report.new = run.outbox.add(new, run.destination.name, now)
    crash_point("plan:after_insert")


def _gate_again(run: Run, known: sa.RowMapping, problem: str | None) -> None:
    row, plan = engine_row(known), run.plan[known["delivery_id"]]
    change = engine.admit(plan, row.state, problem, run.policy)
    if change:
        if run.outbox.move(row, change) and change.to is State.REFUSED:
            run.report.refused[change.reason or "?"] += 1
        return
    waits_for = engine.waiting_reason(plan, problem)
    if waits_for:
        run.report.waiting[waits_for] += 1
        if row.state is State.PLANNED:
            run.outbox.note(row, waits_for)
