"""What one delivery run did, or would do: counts only, safe to log and to show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class DeliveryReport:
    """Counts of one run of one sync.

    `in_plan` rows read; `new` entered the ledger; `accepted` taken by the outside in this run; `found` of those, seen
    there by reading back instead of by an answer; `refused`, `waiting`, `outside_window` by reason; `throttled`,
    `failed`, `dead`, `held` rows that went there in this run; `uncertain` rows left `sending` for the next run;
    `pending` rows left to send; `unconfirmed` accepted longer ago than the policy's deadline. `stopped` says why the
    run ended early, `retry_after_seconds` when to come back. `unusual` new rows that a suspicious plan wanted to send.
    `quota_cost` calls by resource that the pending rows take; `drain_seconds` how long that lasts at the allowed rates.
    """

    sync: str
    dry_run: bool = False
    in_plan: int = 0
    new: int = 0
    would_send: int = 0
    sent: int = 0
    accepted: int = 0
    found: int = 0
    throttled: int = 0
    failed: int = 0
    dead: int = 0
    held: int = 0
    uncertain: int = 0
    pending: int = 0
    not_in_plan: int = 0
    unconfirmed: int = 0
    unusual: int = 0
    drain_seconds: float | None = None
    quota_cost: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    outside_window: Counter[str] = field(default_factory=Counter)
    stopped: str | None = None
    retry_after_seconds: float | None = None
    waited_seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON and run metadata."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in values.items()}
