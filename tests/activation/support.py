"""Small stand-ins for the ports of activation: a clock that tests move, and a destination with a memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from activation.outbox import Outbox
from activation.plan import read_plan
from activation.policy import Policy, ReadBack
from activation.ports import Consent, Finding, Outcome, PlanRow, Presence, SendResult

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
SYNC = "nurture_return"


class FakeClock:
    """Moves only when slept on."""

    def __init__(self, now: datetime = NOW):
        self.instant = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.instant

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.instant += timedelta(seconds=seconds)


class FrozenClock(FakeClock):
    """A simulated world whose time stands still."""

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


Act = Callable[[PlanRow], SendResult]


class FakeDestination:
    """Remembers what it received; shows it `settle` seconds later. `script` gives the next answers by subject.

    An answer is an Outcome, or a pair (outcome, acted): a time-out may have acted or not.
    """

    name = "fake"
    read_back = ReadBack.EXACT

    def __init__(self, clock: FakeClock, settle: float = 60.0):
        self.clock, self.settle = clock, settle
        self.received: list[tuple[str, datetime]] = []
        self.script: dict[str, list[Any]] = {}
        self.readable = True
        self.finds = 0
        self.calls = 0

    def problem(self, row: PlanRow) -> str | None:
        return None if row.payload.get("email") else "no_email"

    def send(self, row: PlanRow) -> SendResult:
        self.calls += 1
        answers = self.script.get(row.subject_id) or self.script.get("*") or [Outcome.ACCEPTED]
        answer = answers.pop(0) if len(answers) > 1 or row.subject_id in self.script else answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, SendResult):
            return answer
        outcome, acted = answer if isinstance(answer, tuple) else (answer, answer is Outcome.ACCEPTED)
        if acted:
            self.received.append((row.delivery_id, self.clock.now()))
        if row.subject_id in self.script and not self.script[row.subject_id]:
            del self.script[row.subject_id]
        return SendResult(outcome, error_class=None if outcome is Outcome.ACCEPTED else "Scripted")

    def find(self, row: PlanRow, since: datetime) -> Finding:
        self.finds += 1
        if not self.readable:
            return Finding(Presence.UNKNOWN, result=SendResult(Outcome.UNCERTAIN))
        visible = self.clock.now() - timedelta(seconds=self.settle)
        for delivery_id, at in self.received:
            if delivery_id == row.delivery_id and at <= visible and at >= since:
                return Finding(Presence.FOUND, at)
        return Finding(Presence.ABSENT)

    def count(self, row: PlanRow) -> int:
        return [delivery_id for delivery_id, _ in self.received].count(row.delivery_id)


class FakeConsent:
    """Statuses by subject, `granted` unless told otherwise."""

    def __init__(self, **statuses: str | None):
        self.statuses = statuses

    def current(self, row: PlanRow) -> Consent:
        status = self.statuses.get(row.subject_id, "granted")
        return Consent(status, None if status else SendResult(Outcome.UNCERTAIN))


def plan_mapping(subject: str, **values: Any) -> dict[str, Any]:
    """A row as plan_nurture_return has it."""
    return {
        "sync": SYNC, "subject_id": subject, "occurrence": "1", "handoff_id": f"h-{subject}", "person_id": f"p-{subject}",
        "email": f"{subject}@example.com.br", "conversion_identifier": "bastao-nutricao-sem-timing",
        "reason_code": "sem_timing", "closed_at": (NOW - timedelta(days=2)).replace(tzinfo=None),
        "consent_status": "granted", "priority": 1, "eligible": True, "refusal_reason": None, **values,
    }  # fmt: skip


def plan_of(*subjects: str, **values: Any) -> list[dict[str, Any]]:
    return [plan_mapping(subject, **values) for subject in subjects]


def one_row(subject: str = "a", **values: Any) -> PlanRow:
    return next(iter(read_plan(SYNC, [plan_mapping(subject, **values)]).values()))


def policy(**values: Any) -> Policy:
    defaults: dict[str, Any] = {
        "go_live": NOW - timedelta(days=30), "settle_seconds": 60.0, "call_seconds": 30.0, "max_per_run": 100,
    }  # fmt: skip
    return Policy(**{**defaults, **values})


def new_outbox(folder: Path, now: datetime = NOW) -> Outbox:
    """A ledger that began long before the rows of `plan_mapping` happened: no first look."""
    outbox = Outbox(f"sqlite:///{folder / 'state.db'}")
    outbox.bear(SYNC, now - timedelta(days=365))
    return outbox


def states(outbox: Outbox) -> dict[str, str]:
    return {row["subject_id"]: row["state"] for row in outbox.ledger(SYNC).values()}
