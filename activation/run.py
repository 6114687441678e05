"""The state of one delivery run: its parts, its budget of waiting and its brakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from activation.outbox import Outbox
from activation.policy import Policy
from activation.ports import Clock, ConsentLookup, Destination, Outcome, PlanRow, Scope, SendResult
from activation.report import DeliveryReport
from activation.workers import new_worker

_SLICE = 1.0  # a sleeping run looks at its kill switch this often


@dataclass
class Run:
    """One run of one sync by one worker."""

    sync: str
    plan: dict[str, PlanRow]
    outbox: Outbox
    destination: Destination
    clock: Clock
    policy: Policy
    consent: ConsentLookup | None = None
    progress: Callable[[int, int], None] | None = None
    partial: bool = False
    """The plan is a part of the whole one: other deliveries are none of this run's business."""
    worker: str = field(default_factory=new_worker)
    report: DeliveryReport = field(init=False)
    passed_over: set[str] = field(default_factory=set)
    """Rows that could not be gated in this run (consent or history unreadable): left for the next one."""
    seen_dead: dict[str, datetime] = field(default_factory=dict)
    """Attempts found with nobody at work on them, and when this run found them so."""
    begun: dict[str, tuple[datetime, str | None]] = field(default_factory=dict)
    """When each attempt under way began, on the wall clock and on the steady one."""
    bad_in_a_row: int = 0
    _floor: datetime | None = None

    def __post_init__(self) -> None:
        self.report = DeliveryReport(self.sync, in_plan=len(self.plan))

    def now(self) -> datetime:
        """The clock, but never behind what this run has waited: a simulated clock may stand still."""
        now = self.clock.now()
        return max(now, self._floor) if self._floor else now

    def stop(self, reason: str, retry_after: float | None = None) -> None:
        """End the run early; the first reason counts."""
        if self.report.stopped is None:
            self.report.stopped, self.report.retry_after_seconds = reason, retry_after

    def halted(self) -> str | None:
        """Why nothing may be sent at all, or None: the kill switch."""
        if self.policy.stop_file and self.policy.stop_file.exists():
            return "stop_file"
        return "paused" if self.outbox.paused(self.sync) else None

    def sleep_until(self, instant: datetime) -> bool:
        """Wait for `instant`; False when that is beyond the budget or the kill switch was thrown."""
        seconds = max(0.0, (instant - self.now()).total_seconds())
        if self.report.waited_seconds + seconds > self.policy.wait_budget_seconds:
            return False
        while seconds > 0:
            if self.halted():
                return False
            part = min(seconds, _SLICE)
            start = self.now()
            self.clock.sleep(part)
            self._floor = max(self.now(), start + timedelta(seconds=part))
            self.report.waited_seconds += part
            seconds = (instant - self.now()).total_seconds()
        return True

    def patience(self, result: SendResult | None) -> bool:
        """After a failed look-up or send: True when the run may go on, possibly after waiting for quota.

        Sets the run's stop when it may not: the account is throttled beyond the budget, refuses us, or too many
        rows in a row went wrong (then it is not the rows).
        """
        if result is None:
            return True
        if result.outcome is Outcome.THROTTLED:
            if result.scope is Scope.RECORD:
                return True
            wait = (
                self.policy.backoff_seconds
                if result.retry_after_seconds is None
                else result.retry_after_seconds
            )
            if self.sleep_until(self.now() + timedelta(seconds=wait)):
                return True
            self.stop("quota", wait)
            return False
        if result.outcome is Outcome.BLOCKED:
            self.stop(f"blocked:http_{result.status_code}")
            return False
        if result.outcome is Outcome.ACCEPTED:
            self.bad_in_a_row = 0
            return True
        self.bad_in_a_row += 1
        if self.bad_in_a_row >= self.policy.max_failures_in_a_row:
            self.stop("too_many_failures_in_a_row", self.policy.backoff_limit_seconds)
            return False
        return True
