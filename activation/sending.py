"""Sends the pending rows of a plan, one attempt each. `sending` is on disk before the call goes out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from activation import engine
from activation.engine import Row
from activation.faults import crash_point
from activation.outbox import engine_row
from activation.ports import Outcome, PlanRow, Presence, SendResult
from activation.run import Run
from activation.states import State

Gate = Literal["go", "skip", "stop"]


def send_pending(run: Run) -> None:
    """One pass over the pending rows that the plan still shows, in the order of the plan (priority 1 first), oldest first."""
    now = run.now()
    due = [(row, plan) for row, plan in _sendable(run)
           if engine.before_send(row, run.policy, now).kind != "wait"]  # fmt: skip
    due.sort(key=lambda pair: (pair[1].priority, pair[1].happened_at, pair[1].delivery_id))
    for number, (row, plan) in enumerate(due):
        if run.report.sent >= run.policy.max_per_run:
            run.stop("run_limit")
        if halted := run.halted():
            run.stop(halted)
        if run.report.stopped or not _one(run, row, plan):
            return
        if run.progress:
            run.progress(number + 1, len(due))


def _sendable(run: Run) -> list[tuple[Row, PlanRow]]:
    """Pending rows that the plan still lets go. What left the plan, or became too old, stays pending and visible."""
    now = run.now()
    rows = []
    for key, known in run.outbox.ledger(run.sync, [State.PENDING]).items():
        plan = run.plan.get(key)
        if plan is None or key in run.passed_over or engine.outside_window(plan, run.policy, now):
            continue
        if not engine.waiting_reason(plan, run.destination.problem(plan)):
            rows.append((engine_row(known), plan))
    return rows


def next_due(run: Run) -> datetime | None:
    """When the next pending row of this plan may be tried (now, if one waits already); None when there is none."""
    return min((row.next_attempt_at or run.now() for row, _ in _sendable(run)), default=None)


def _one(run: Run, row: Row, plan: PlanRow) -> bool:
    """Carry one row through its gates and its call; False when the run must stop."""
    for gate in (_consent, _first_look):
        verdict = gate(run, row, plan)
        if verdict != "go":
            return verdict == "skip"
    crash_point("send:before_claim")
    not_ours = run.outbox.claim(row, run.sync, run.worker, run.now(), run.policy.max_per_day)
    if not_ours:
        if not_ours != "moved":
            run.stop(not_ours)
        return not_ours == "moved"
    run.report.sent += 1
    crash_point("send:claimed")
    result = _call(run, plan)
    crash_point("send:returned")
    return _record(run, row, result)


def _consent(run: Run, row: Row, plan: PlanRow) -> Gate:
    """Ask for the consent afresh. What cannot be asked is not sent."""
    if run.consent is None:
        return "go"
    consent = run.consent.current(plan)
    crash_point("send:consent_read")
    if consent.status is None:
        return _pass_over(run, row, consent.result)
    refusal = engine.consent_refusal(consent.status, run.policy)
    if refusal is None:
        return "go"
    change = engine.Change((State.REFUSED,), reason=refusal)
    if run.outbox.move(row, change):
        run.report.refused[refusal] += 1
    crash_point("send:refused")
    return "skip"


def _pass_over(run: Run, row: Row, result: SendResult | None) -> Gate:
    run.passed_over.add(row.delivery_id)
    return "skip" if run.patience(result) else "stop"


def _first_look(run: Run, row: Row, plan: PlanRow) -> Gate:
    """A row that an earlier, lost ledger may have sent is looked up before it is sent for the first time."""
    step = engine.before_send(row, run.policy, run.now())
    if step.kind == "read_back":
        finding = run.destination.find(plan, plan.happened_at - timedelta(seconds=run.policy.skew_seconds))
        crash_point("send:looked_first")
        if finding.presence is Presence.UNKNOWN:
            return _pass_over(run, row, finding.result)
        step = engine.after_first_look(finding, run.policy, run.now())
    if step.kind == "leave" or step.change is None:
        return "go" if step.kind == "leave" else "skip"
    if run.outbox.move(row, step.change):
        if step.change.to is State.ACCEPTED:
            run.report.accepted += 1
            run.report.found += 1
        else:
            run.report.held += 1
    return "skip"


def _call(run: Run, plan: PlanRow) -> SendResult:
    try:
        return run.destination.send(plan)
    except Exception as error:
        # Whatever broke, the request may have been out already. The text may hold personal data: the class only.
        return SendResult(Outcome.UNCERTAIN, error_class=type(error).__name__)


def _record(run: Run, row: Row, result: SendResult) -> bool:
    now, report = run.now(), run.report
    sent = engine.Row(row.delivery_id, State.SENDING, row.attempts + 1, row.failures, now, now)
    change = engine.after_send(sent, result, run.policy, now)
    if run.outbox.finish(sent, run.worker, result, change, now):
        match change.to if change else State.SENDING:
            case State.ACCEPTED:
                report.accepted += 1
            case State.DEAD:
                report.dead += 1
            case State.FAILED:
                report.failed += 1
            case State.PENDING:
                report.throttled += 1
    crash_point("send:recorded")
    return run.patience(result)
