"""What one sync may do: how much, how old, how patient. Comes from `bastao.yaml`, never from SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from activation.errors import PolicyError


class ReadBack(StrEnum):
    """How well the destination can be asked what it recorded."""

    EXACT = "exact"
    WEAK = "weak"
    NONE = "none"


STRENGTH = {ReadBack.NONE: 0, ReadBack.WEAK: 1, ReadBack.EXACT: 2}


@dataclass(frozen=True)
class Policy:
    """Switches of one sync. Durations are seconds; instants are aware UTC.

    Rules: the design of push-back (docs/decisions/0007). The defaults are for a real account; the demo and the tests shorten them.
    """

    go_live: datetime
    """Nothing that happened before this instant is eligible."""
    max_age_seconds: float = 90 * 86400.0
    """Nothing older than this is sent: a very late return would surprise the person."""
    max_per_run: int = 200
    max_per_day: int = 1000
    """Deliveries begun in any 24 hours, over all runs of the sync."""
    consent_unknown: str = "refuse"
    """`refuse` or `allow`: the agreement's `consent_unknown`."""
    read_back: ReadBack = ReadBack.EXACT
    on_uncertain: str = "resend"
    """`resend` (after a read-back that proved absence) or `hold`."""
    resend_is_safe: bool = False
    """The destination recognises our key and acts once: what is uncertain may go again without being read back."""
    newest_content_only: bool = False
    """A state sync: an open row of a subject that the plan no longer shows was overtaken and is refused."""
    batch_max: int = 1
    """Rows in one call, where the destination takes several."""
    unusual_factor: float = 5.0
    unusual_floor: int = 50
    """A plan with more new rows than both the floor and the factor times the median of earlier ones stops the run: a
    changed mapping or a broken filter looks like this. With fewer than `unusual_history` earlier plans nothing is unusual."""
    unusual_history: int = 3
    accept_unusual: bool = False
    """A person looked at the plan and lets this run go on."""
    settle_seconds: float = 300.0
    """The outside accepts now and records later: absence counts only after this."""
    call_seconds: float = 300.0
    """Longest time one call may last, waiting for quota included: a killed attempt went out by then, or by the moment
    its process was found dead, whichever is earlier."""
    skew_seconds: float = 300.0
    """Clocks of ours and theirs may differ by this much."""
    read_before_first_send: str = "new_ledger"
    """`new_ledger`: rows that happened before the ledger was born; `always`: every row (restored backups);
    `never`: where a second copy does less harm than silence (alerts, receivers that know our key)."""
    max_failures: int = 5
    """Sends that vanished (a read-back proved them absent) before the row is dead. Refused sends are dead at once;
    a 429, a refused connection or a refused token is not the row's fault and does not count."""
    max_failures_in_a_row: int = 5
    """The run stops after so many rows in a row went wrong: then it is not the rows."""
    backoff_seconds: float = 30.0
    backoff_limit_seconds: float = 3600.0
    wait_budget_seconds: float = 900.0
    """How long one run may sleep in total, for quota and for settling."""
    confirm_within_seconds: float = 26 * 3600.0
    """Accepted rows that ingestion has not seen by then are reported."""
    stop_file: Path | None = None
    """Kill switch: while this file exists nothing is sent."""
    final_refusals: frozenset[str] = field(
        default=frozenset({"consent_declined", "consent_unknown", "suppressed", "forgotten"})
    )
    """Refusal reasons of the plan that close a row; with any other reason it waits in `planned`."""
    not_entered: frozenset[str] = field(
        default=frozenset({"already_returned", "before_go_live", "too_old", "won_since"})
    )
    """Reasons of the plan that will not pass: such a row never enters the ledger, it is only counted."""

    for_a_person: frozenset[str] = frozenset()
    """Reasons of the plan that no call can settle: such a row is held until a person does it and says so."""

    def __post_init__(self) -> None:
        problems = [
            f"{name}: {value!r} is not one of {', '.join(allowed)}"
            for name, value, allowed in (
                ("consent_unknown", self.consent_unknown, ("refuse", "allow")),
                ("on_uncertain", self.on_uncertain, ("resend", "hold")),
                ("read_before_first_send", self.read_before_first_send, ("new_ledger", "always", "never")),
            )
            if value not in allowed
        ]
        if self.go_live.tzinfo is None:
            problems.append("go_live: an instant with a zone is needed")
        for name in (
            "max_age_seconds",
            "max_per_run",
            "max_per_day",
            "max_failures",
            "max_failures_in_a_row",
            "batch_max",
        ):
            if getattr(self, name) <= 0:
                problems.append(f"{name}: must be more than 0")
        for name in (
            "settle_seconds",
            "call_seconds",
            "skew_seconds",
            "backoff_seconds",
            "wait_budget_seconds",
        ):
            if getattr(self, name) < 0:
                problems.append(f"{name}: must not be negative")
        if problems:
            raise PolicyError("delivery policy: " + "; ".join(problems))

    def oldest(self, now: datetime) -> datetime:
        """The earliest instant that may still be sent at `now`."""
        return max(self.go_live, now - timedelta(seconds=self.max_age_seconds))
