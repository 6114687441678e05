"""The delivery engine: pure decisions from (row, answer, policy, now). Nothing here does I/O or reads a clock.

The callers carry decisions out with compare-and-set updates; a decision whose row has moved meanwhile is dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal

from activation.policy import Policy, ReadBack
from activation.ports import Finding, Outcome, PlanRow, Presence, SendResult
from activation.states import State, check_path

DAY = timedelta(days=1)
# Held for a reason that may pass by itself: looked at again in each run, if the destination can be read back.
RECHECKED = frozenset({"unreadable", "not_in_plan"})

# What a look just before the send may find, and the reason it gives to the ledger.
_REFUSING = {"missing": "contact_missing", "suppressed": "suppressed", "declined": "consent_declined", "owned": "owned",
             "gone": "deal_gone", "shown": "already_shown"}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What the engine needs to know of an outbox row. `sent_at` and `returned_at` are the last attempt's."""

    delivery_id: str
    state: State
    attempts: int = 0
    failures: int = 0
    sent_at: datetime | None = None
    returned_at: datetime | None = None
    next_attempt_at: datetime | None = None
    reason: str | None = None
    read_first: bool = False
    sent_mark: str | None = None


@dataclass(frozen=True)
class Change:
    """A decided transition: every state passed (checked), and what else to write."""

    path: tuple[State, ...]
    reason: str | None = None
    next_attempt_at: datetime | None = None
    delivered_at: datetime | None = None
    failed: bool = False

    @property
    def to(self) -> State:
        """The state at the end."""
        return self.path[-1]


@dataclass(frozen=True)
class Step:
    """What to do with a row now: nothing, wait, ask the destination, or write a change."""

    kind: Literal["leave", "wait", "read_back", "move"]
    until: datetime | None = None
    change: Change | None = None


LEAVE = Step("leave")


def _change(start: State, *path: State, **values: object) -> Change:
    check_path(start, *path)
    return Change(path, **values)  # type: ignore[arg-type]


def _move(start: State, *path: State, **values: object) -> Step:
    return Step("move", change=_change(start, *path, **values))


# ── planning ──


def consent_refusal(status: str, policy: Policy) -> str | None:
    """Why what was found just before forbids sending, or None. Everything but `unknown` does so always; that by policy."""
    if status == "granted":
        return None
    if status in _REFUSING:
        return _REFUSING[status]
    return "consent_unknown" if policy.consent_unknown == "refuse" else None


def outside_window(plan: PlanRow, policy: Policy, now: datetime) -> str | None:
    """Why the row must not even enter the ledger: before go-live, too long ago, or done by other means."""
    if plan.happened_at < policy.go_live:
        return "before_go_live"
    if plan.happened_at < policy.oldest(now):
        return "too_old"
    return plan.refusal_reason if not plan.eligible and plan.refusal_reason in policy.not_entered else None


def admit(plan: PlanRow, state: State, problem: str | None, policy: Policy) -> Change | None:
    """Where a row that is `planned` or `pending` goes when the plan is read; None: it stays where it is.

    The plan is asked anew each run, so what was pending is refused as soon as the plan shows a withdrawal.
    """
    refusal = consent_refusal(plan.consent_status, policy)
    if not plan.eligible and plan.refusal_reason in policy.final_refusals:
        refusal = refusal or plan.refusal_reason
    if refusal:
        return _change(state, State.REFUSED, reason=refusal)
    if not plan.eligible and plan.refusal_reason in policy.for_a_person:
        path = (State.PENDING, State.HELD) if state is State.PLANNED else (State.HELD,)
        return _change(state, *path, reason=plan.refusal_reason)
    if state is not State.PLANNED:
        return None
    waits_for = waiting_reason(plan, problem)
    return None if waits_for else _change(State.PLANNED, State.PENDING)


def waiting_reason(plan: PlanRow, problem: str | None) -> str | None:
    """Why a row stays `planned` (or a pending one is passed over): the plan or the destination says not now."""
    if not plan.eligible:
        return plan.refusal_reason or "not_eligible"
    return problem


def overtaken(state: State) -> Change | None:
    """A row of a state sync whose subject has newer content now: it must not be sent any more. None: it is too late."""
    if state in (State.PLANNED, State.PENDING, State.FAILED):
        return _change(state, State.REFUSED, reason="superseded")
    return None


def is_unusual(new_rows: int, history: Sequence[int], policy: Policy) -> bool:
    """Whether so many new rows at once are suspicious, given the sizes of earlier plans that brought any."""
    if policy.accept_unusual or len(history) < policy.unusual_history:
        return False
    return new_rows > max(policy.unusual_floor, policy.unusual_factor * median(history))


def batch_size(row: Row, offered: int, policy: Policy) -> int:
    """How many rows may go together with this one: halved with each try that vanished, so that a bad row is found."""
    return max(1, min(offered, policy.batch_max) >> row.failures)


def must_read_first(happened_at: datetime, ledger_born_at: datetime, policy: Policy) -> bool:
    """Whether an earlier ledger, lost since, may have sent this row already."""
    if policy.read_before_first_send != "new_ledger":
        return policy.read_before_first_send == "always"
    return happened_at <= ledger_born_at + timedelta(seconds=policy.skew_seconds)


# ── sending ──


def before_send(row: Row, policy: Policy, now: datetime) -> Step:
    """For a pending row whose turn it is: wait, read back first, hold, or (leave) go on and send."""
    if row.next_attempt_at and row.next_attempt_at > now:
        return Step("wait", until=row.next_attempt_at)
    if not row.read_first:
        return LEAVE
    if policy.read_back is ReadBack.EXACT:
        return Step("read_back")
    if policy.on_uncertain == "hold":
        return _move(State.PENDING, State.HELD, reason="ledger_younger_than_row")
    return LEAVE


def after_first_look(finding: Finding, policy: Policy, now: datetime) -> Step:
    """After reading back a row that this ledger never sent. `leave`: absent, send it."""
    if finding.presence is Presence.FOUND:
        return _move(State.PENDING, State.ACCEPTED, reason="found_before_send",
                     delivered_at=finding.recorded_at or now)  # fmt: skip
    if finding.presence is Presence.UNKNOWN:
        return Step("wait", until=now + timedelta(seconds=policy.backoff_seconds))
    return LEAVE


def after_send(row: Row, result: SendResult, policy: Policy, now: datetime) -> Change | None:
    """Where a `sending` row goes when its attempt ended; None: it stays `sending`, uncertain, until settled."""
    match result.outcome:
        case Outcome.ACCEPTED:
            return _change(State.SENDING, State.ACCEPTED, delivered_at=now)
        case Outcome.REJECTED:
            return _change(State.SENDING, State.FAILED, State.DEAD, reason=_why(result), failed=True)
        case Outcome.NOT_SENT | Outcome.BLOCKED:
            # Not the row's fault, so not one of its tries: it comes back until it leaves the plan by age.
            return _change(State.SENDING, State.FAILED, reason=_why(result),
                           next_attempt_at=backoff(row, policy, now))  # fmt: skip
        case Outcome.THROTTLED:
            wait = (
                result.retry_after_seconds
                if result.retry_after_seconds is not None
                else policy.backoff_seconds
            )
            return _change(State.SENDING, State.PENDING, reason="throttled",
                           next_attempt_at=now + timedelta(seconds=max(0.0, wait)))  # fmt: skip
        case Outcome.UNCERTAIN:
            return None


# ── repair: rows that an attempt left behind ──


def settled_at(row: Row, policy: Policy, dead_by: datetime) -> datetime | None:
    """From when on absence at the destination proves that the last attempt did not act; None: no attempt.

    An attempt whose end was seen settles from there. A killed one went out while its call could last, and before
    `dead_by`, when nobody was found working on it.
    """
    if row.sent_at is None:
        return None
    ended = row.returned_at or min(row.sent_at + timedelta(seconds=policy.call_seconds), dead_by)
    return ended + timedelta(seconds=policy.settle_seconds)


def repair(row: Row, policy: Policy, now: datetime, in_plan: bool) -> Step:
    """What to do with a row nobody is working on: `sending` (its process is gone), `failed` or `held`."""
    if row.state is State.FAILED:
        if row.next_attempt_at and row.next_attempt_at > now:
            return LEAVE
        return _move(State.FAILED, State.PENDING, reason=row.reason)
    can_read = policy.read_back is ReadBack.EXACT
    if row.state is State.SENDING:
        if not can_read and policy.resend_is_safe and policy.on_uncertain == "resend":
            if row.failures + 1 >= policy.max_failures:
                return _move(State.SENDING, State.DEAD, reason="tries_used_up", failed=True)
            return _move(State.SENDING, State.PENDING, reason="again_with_same_key", failed=True,
                         next_attempt_at=backoff(row, policy, now))  # fmt: skip
        if not can_read:
            return _move(State.SENDING, State.HELD, reason="no_read_back")
        if not in_plan:
            # Who to ask about is known from the plan alone: no personal data is kept here.
            return _move(State.SENDING, State.HELD, reason="not_in_plan")
        return Step("read_back")
    if row.state is State.HELD and can_read and in_plan and row.reason in RECHECKED:
        return Step("read_back")
    return LEAVE


def after_read_back(
    row: Row, finding: Finding, policy: Policy, asked_at: datetime, dead_by: datetime
) -> Step:
    """The fate of an uncertain row (`sending` or `held`); `asked_at` is when the reading began, `dead_by` when the
    row was first seen with nobody at work on it."""
    state = row.state
    if finding.presence is Presence.FOUND:
        return _move(state, State.ACCEPTED, reason="found_by_read_back",
                     delivered_at=finding.recorded_at or row.sent_at or asked_at)  # fmt: skip
    if finding.presence is Presence.UNKNOWN:
        return _move(state, State.HELD, reason="unreadable") if state is State.SENDING else LEAVE
    settled = settled_at(row, policy, dead_by)
    if settled and asked_at < settled:
        return Step("wait", until=settled)
    if policy.on_uncertain == "hold":
        return _move(state, State.HELD, reason="absent") if state is State.SENDING else LEAVE
    if row.failures + 1 >= policy.max_failures:
        return _move(state, State.DEAD, reason="tries_used_up", failed=True)
    return _move(state, State.PENDING, reason="absent", failed=True)


def backoff(row: Row, policy: Policy, now: datetime) -> datetime:
    """Next try after a failure: doubling, capped, spread by half with a jitter that is a hash of the row."""
    wait = min(
        policy.backoff_limit_seconds, policy.backoff_seconds * 2.0 ** min(max(row.attempts - 1, 0), 30)
    )
    seed = hashlib.sha256(f"{row.delivery_id}:{row.attempts}".encode()).digest()[0] / 255
    return now + timedelta(seconds=wait * (0.5 + 0.5 * seed))


def _why(result: SendResult) -> str:
    """A short code of the cause, safe to keep: a status and an error class, never a text of the outside."""
    parts = [f"http_{result.status_code}" if result.status_code else "", result.error_class or ""]
    return ":".join(part for part in parts if part) or result.outcome
