"""What the room needs from outside, as protocols, and the values that cross those borders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from activation.policy import ReadBack


@dataclass(frozen=True)
class PlanRow:
    """One row of a plan model: which record, why, and what to send.

    `payload` holds the destination's own columns and is the only place of personal data; it lives in memory only
    and stays out of `repr`. `happened_at` (aware UTC) decides go-live and age. Order of sending: `priority` (1 first), then
    `deadline_at` (aware UTC, none last), then the greater `value` (money at stake), then the oldest.
    """

    sync: str
    subject_id: str
    occurrence: str
    delivery_id: str
    happened_at: datetime
    eligible: bool = True
    refusal_reason: str | None = None
    consent_status: str = "unknown"
    handoff_id: str | None = None
    reason_code: str | None = None
    priority: int = 0
    deadline_at: datetime | None = None
    value: Decimal | None = None
    payload: Mapping[str, Any] = field(default_factory=dict, repr=False)


class Outcome(StrEnum):
    """How one attempt ended, as far as we know."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"  # the outside read it and refuses it: it did not act
    NOT_SENT = "not_sent"  # it certainly never reached the outside
    THROTTLED = "throttled"  # 429 or our own limiter: not processed, not the row's fault
    BLOCKED = "blocked"  # 401, 403: not processed, and no row will be
    UNCERTAIN = "uncertain"  # time-out, dropped connection, 5xx: it may have acted


class Scope(StrEnum):
    """Whom a THROTTLED answer concerns."""

    RECORD = "record"
    ACCOUNT = "account"


@dataclass(frozen=True)
class SendResult:
    """The end of one attempt. `error_class` is a code or an exception's class name: never its text."""

    outcome: Outcome
    status_code: int | None = None
    error_class: str | None = None
    retry_after_seconds: float | None = None
    scope: Scope = Scope.ACCOUNT
    reference: str | None = None


class Presence(StrEnum):
    """What a read-back says."""

    FOUND = "found"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """Answer of a read-back; `recorded_at` (aware UTC) when found and told; `result` says why it is UNKNOWN."""

    presence: Presence
    recorded_at: datetime | None = None
    result: SendResult | None = None


class Destination(Protocol):
    """One outside system that records are pushed to. One file each under `activation/destinations`."""

    name: str
    read_back: ReadBack

    def problem(self, row: PlanRow) -> str | None:
        """Why this row cannot be sent as it is (a code such as `no_email`), or None. No I/O."""
        ...

    def send(self, row: PlanRow) -> SendResult:
        """One attempt, without retries: the engine alone decides about a second one."""
        ...

    def find(self, row: PlanRow, since: datetime) -> Finding:
        """Whether the outside recorded this delivery at or after `since`. UNKNOWN when it cannot be told."""
        ...


@runtime_checkable
class Batches(Protocol):
    """What a destination may offer besides: several rows in one call.

    `batch_is_atomic`: after a refusal of the whole batch certainly none of its rows was taken, so halves may go at once
    until the bad row is found. Otherwise the rows are uncertain: they are read back first and come in smaller batches.
    """

    batch_max: int
    batch_is_atomic: bool

    def send_batch(self, rows: Sequence[PlanRow]) -> list[SendResult]:
        """One call for all; the end of each row's attempt, in order."""
        ...


@dataclass(frozen=True)
class Consent:
    """A fresh look at the consent: `granted`, `declined`, `unknown`, `suppressed` or `missing` (no such contact); for a
    lead's owner also `owned` (somebody has it by now) or `gone` (no such deal, or closed); for a status also `shown` (the
    outside has it already).

    None as status: it could not be read now, so the row must wait; `result` then says why.
    """

    status: str | None
    result: SendResult | None = None


class ConsentLookup(Protocol):
    """Asks the source of consent itself just before sending."""

    def current(self, row: PlanRow) -> Consent: ...


class Clock(Protocol):
    """Aware UTC instants and waiting."""

    def now(self) -> datetime: ...

    def sleep(self, seconds: float) -> None: ...


class Api(Protocol):
    """An authenticated client of one service, sharing the limiter. Must not repeat a POST by itself."""

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        resource: str,
        key: str | None = None,
    ) -> Any:
        """An object with `status: int`, `headers: Mapping[str, str]` and `json` (parsed body or None)."""
        ...


class Liveness(Protocol):
    """Tells whether the process that holds a row is still alive."""

    def hold(self, worker: str) -> AbstractContextManager[None]: ...

    def alive(self, worker: str) -> bool: ...
