"""What ingestion needs from outside itself. Orchestration passes implementations; tests pass small fakes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ingestion.forgotten import Forgotten

Lock = Callable[[str], AbstractContextManager[Any]]
"""`lock(holder)`: the one lock on the warehouse; the text names the holder to whoever waits."""


class Limiter(Protocol):
    """Shared quota book-keeping, keyed by who owns the quota (`rd_station:<client id>`)."""

    def acquire(self, owner: str, resource: str, key: str | None = None, cost: int = 1) -> None:
        """Block until the call may go out, or raise an error that carries `retry_after_seconds`."""


class TokenStore(Protocol):
    """OAuth tokens by system name. Values are dicts: access_token, refresh_token, expires_at (UTC epoch)."""

    def get(self, system: str) -> dict[str, Any] | None:
        """The stored token, None when there is none yet."""

    def put(self, system: str, token: dict[str, Any]) -> None:
        """Store durably; returns after the commit."""

    def lock(self, system: str) -> AbstractContextManager[Any]:
        """Between processes: only one may refresh (CRM refresh tokens die at their first use)."""


class Clock(Protocol):
    """Business time, and waiting."""

    def now(self) -> datetime:
        """Aware UTC instant."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Progress(Protocol):
    """Where a long read stands, for a person who watches."""

    def step(self, source: str, done: int, total: int | None, unit: str) -> None:
        """`done` of `total` units (None: unknown) of `source` are through."""


class NoProgress:
    """Says nothing."""

    def step(self, source: str, done: int, total: int | None, unit: str) -> None:
        """Do nothing."""


class NoLimits:
    """For systems without quotas."""

    def acquire(self, owner: str, resource: str, key: str | None = None, cost: int = 1) -> None:
        """Let every call pass."""


@dataclass(frozen=True)
class Ports:
    """Everything a source needs besides its own configuration. `load_seq` numbers this load."""

    limiter: Limiter
    tokens: TokenStore
    clock: Clock
    load_seq: int
    progress: Progress = field(default_factory=NoProgress)


@dataclass(frozen=True)
class Target:
    """Where rows go. `destination`: path of the DuckDB file or a PostgreSQL URL; `home`: folder for pipelines.

    `forgotten`: people whose personal data may not land again.
    """

    destination: str | Path
    home: Path
    lock: Lock
    forgotten: Forgotten = field(default_factory=Forgotten)
