"""One delivery run: repair what an earlier run left, read the plan, send, settle what stayed uncertain."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from activation.confirmation import overdue
from activation.drain import Rates, foresee
from activation.engine import DAY
from activation.errors import PolicyError
from activation.outbox import Outbox
from activation.plan import read_plan
from activation.planning import enter_plan
from activation.policy import STRENGTH, Policy, ReadBack
from activation.ports import Clock, ConsentLookup, Destination, PlanRow
from activation.preview import preview
from activation.repair import repair_rows
from activation.report import DeliveryReport
from activation.run import Run
from activation.sending import next_due, send_pending
from activation.states import State
from activation.suppression import SuppressedFirst, SuppressionList, marked

log = logging.getLogger("bastao.activation")


def deliver(
    sync: str,
    plan_rows: Iterable[PlanRow | Mapping[str, Any]],
    outbox: Outbox,
    destination: Destination,
    clock: Clock,
    policy: Policy,
    dry_run: bool = False,
    consent: ConsentLookup | None = None,
    progress: Callable[[int, int], None] | None = None,
    rates: Rates | None = None,
    suppressed: SuppressionList | None = None,
    partial: bool = False,
) -> DeliveryReport:
    """Push the plan of `sync` to `destination`; safe to repeat, to kill at any point and to run twice at once.

    `plan_rows`: rows of the sync's plan model (mappings with its columns, or `PlanRow`s). `consent` is asked again just
    before each send; without it the plan's status alone counts. `progress(done, total)` per row. A dry run reads the
    ledger and the plan, calls nobody and writes nothing. `rates`: the account's quotas, to say how long the backlog lasts. `suppressed`: addresses that are always refused, looked
    at when the plan is read and again just before each send.
    `partial`: the rows are a part of the plan, so nothing is done about deliveries that are not among them.
    PlanError or PolicyError when the input is wrong; what goes wrong outside ends in the ledger, not in an exception.
    """
    if STRENGTH[policy.read_back] > STRENGTH[destination.read_back]:
        raise PolicyError(
            f"sync {sync}: read_back is {policy.read_back}, but {destination.name} can only be read back "
            f"{destination.read_back}; lower it in the delivery policy"
        )
    rows = marked(read_plan(sync, plan_rows), suppressed)
    if dry_run:
        return preview(sync, rows, outbox, destination, clock, policy, rates)
    asked = SuppressedFirst(suppressed, consent) if suppressed else consent
    run = Run(sync, rows, outbox, destination, clock, policy, asked, progress, partial)
    if halted := run.halted():
        run.stop(halted)
        return _summary(run, rates)
    with outbox.liveness.hold(run.worker):
        repair_rows(run)
        enter_plan(run)
        _send_until_quiet(run)
        _settle(run)
    return _summary(run, rates)


def _send_until_quiet(run: Run) -> None:
    """Send; wait, within the budget, for what is uncertain or throttled; send again what that set free.

    Ends: each round sends something or sleeps, and both are bounded by the policy.
    """
    while not run.report.stopped:
        send_pending(run)
        wakes = [at for at in (repair_rows(run), next_due(run)) if at]
        if run.report.stopped or not wakes or not run.sleep_until(min(wakes)):
            return


def _settle(run: Run) -> None:
    """Leave nothing uncertain behind if the waiting budget allows, even when the run was stopped."""
    settled_at = repair_rows(run)
    while settled_at and run.sleep_until(settled_at):
        settled_at = repair_rows(run)


def _summary(run: Run, rates: Rates | None) -> DeliveryReport:
    report = run.report
    ledger = run.outbox.ledger(run.sync, [State.PENDING, State.SENDING])
    report.pending = sum(row["state"] == State.PENDING and key in run.plan for key, row in ledger.items())
    report.not_in_plan = sum(
        row["state"] == State.PENDING and key not in run.plan for key, row in ledger.items()
    )
    begun_today = run.outbox.begun_since(run.sync, run.now() - DAY)
    foresee(report, run.destination, run.policy, begun_today, rates)
    report.uncertain = sum(row["state"] == State.SENDING for row in ledger.values())
    if run.policy.read_back is not ReadBack.NONE:  # elsewhere accepted is all that can ever be known
        report.unconfirmed = len(overdue(run.outbox, run.sync, run.policy.confirm_within_seconds, run.now()))
    log.info("%s: %s", run.sync, report.as_dict())
    return report
