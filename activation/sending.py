"""Sends the pending rows of a plan, one attempt each. `sending` is on disk before the call goes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from activation import engine
from activation.engine import Row
from activation.faults import crash_point
from activation.outbox import engine_row
from activation.ports import Batches, Outcome, PlanRow, Presence, SendResult
from activation.run import Run
from activation.states import State
from activation.steady import mark_of, seconds_between

Gate = Literal["go", "skip", "stop"]
_BADNESS = (Outcome.ACCEPTED, Outcome.REJECTED, Outcome.NOT_SENT, Outcome.UNCERTAIN, Outcome.THROTTLED, Outcome.BLOCKED)


def send_pending(run: Run) -> None:
    """One pass over the pending rows that the plan still shows, in the order that `PlanRow` tells."""
    now = run.now()
    due = [(row, plan) for row, plan in _sendable(run)
           if engine.before_send(row, run.policy, now).kind != "wait"]  # fmt: skip
    due.sort(key=lambda pair: urgency(pair[1]))
    done = 0
    while done < len(due):
        if run.report.sent >= run.policy.max_per_run:
            run.stop("run_limit")
        if halted := run.halted():
            run.stop(halted)
        if run.report.stopped:
            return
        group = due[done : done + _group_size(run, due[done][0])]
        done += len(group)
        if not (_one(run, *group[0]) if len(group) == 1 else _many(run, group)):
            return
        if run.progress:
            run.progress(done, len(due))


def urgency(row: PlanRow) -> tuple[Any, ...]:
    """Sort key: priority, then the nearest deadline, then the greater value, then the oldest."""
    deadline = row.deadline_at or datetime.max.replace(tzinfo=UTC)
    return (row.priority, deadline, -(row.value or 0), row.happened_at, row.delivery_id)


def _group_size(run: Run, first: Row) -> int:
    if not isinstance(run.destination, Batches):
        return 1
    size = engine.batch_size(first, run.destination.batch_max, run.policy)
    return min(size, run.policy.max_per_run - run.report.sent)


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
    ready, go_on = _claimed(run, row, plan)
    if not ready:
        return go_on
    result = _call(run, plan)
    crash_point("send:returned")
    _record(run, row, result)
    return run.patience(result)


def _many(run: Run, group: Sequence[tuple[Row, PlanRow]]) -> bool:
    """Carry several rows through their gates, then all that passed in one call; False when the run must stop."""
    claimed, go_on = [], True
    for row, plan in group:
        ready, go_on = _claimed(run, row, plan)
        if ready:
            claimed.append((row, plan))
        if not go_on:
            break
    if not claimed:
        return go_on
    results = _call_together(run, [plan for _, plan in claimed])
    crash_point("send:returned")
    for (row, _), result in zip(claimed, results, strict=True):
        _record(run, row, result)
    # One call, one judgement: a bad batch is one thing that went wrong, not forty.
    worst = max(results, key=lambda result: _BADNESS.index(result.outcome))
    return run.patience(worst) and go_on


def _claimed(run: Run, row: Row, plan: PlanRow) -> tuple[bool, bool]:
    """(the row is ours and `sending`, the run may go on)."""
    for gate in (_consent, _first_look):
        verdict = gate(run, row, plan)
        if verdict != "go":
            return False, verdict == "skip"
    crash_point("send:before_claim")
    sent_at, mark = run.now(), mark_of(run.clock)
    not_ours = run.outbox.claim(row, run.sync, run.worker, sent_at, run.policy.max_per_day, mark, plan)
    if not_ours:
        if not_ours != "moved":
            run.stop(not_ours)
        return False, not_ours == "moved"
    run.report.sent += 1
    run.begun[row.delivery_id] = (sent_at, mark)
    crash_point("send:claimed")
    return True, True


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


def _call_together(run: Run, plans: Sequence[PlanRow]) -> list[SendResult]:
    """One call for all. A batch refused as a whole is cut in halves where that is safe, else its rows are uncertain."""
    destination = run.destination
    assert isinstance(destination, Batches)
    try:
        results = destination.send_batch(plans)
    except Exception as error:
        return [SendResult(Outcome.UNCERTAIN, error_class=type(error).__name__)] * len(plans)
    if len(results) != len(plans):
        return [SendResult(Outcome.UNCERTAIN, error_class="batch_answer_too_short")] * len(plans)
    if len(plans) == 1 or any(result.outcome is not Outcome.REJECTED for result in results):
        return results
    if not destination.batch_is_atomic:
        return [SendResult(Outcome.UNCERTAIN, one.status_code, one.error_class or "batch_refused") for one in results]
    crash_point("send:bisecting")
    half = len(plans) // 2
    return [*_call_together(run, plans[:half]), *_call_together(run, plans[half:])]


def _record(run: Run, row: Row, result: SendResult) -> None:
    sent_at, mark = run.begun.pop(row.delivery_id)
    passed = seconds_between(mark, mark_of(run.clock))
    now = run.now() if passed is None else sent_at + timedelta(seconds=passed)  # the date may have been set meanwhile
    report = run.report
    sent = engine.Row(row.delivery_id, State.SENDING, row.attempts + 1, row.failures, sent_at, now)
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
