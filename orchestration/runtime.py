"""What a stage works with: the profile's state, lock, clock and limiter, opened when first asked for."""

from __future__ import annotations

import functools
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration import progress, settings
from orchestration.clock import Clock, ClockError, ServiceClock, SystemClock
from orchestration.lock import Holder, WarehouseLock
from orchestration.profile import Profile
from orchestration.state import State

if TYPE_CHECKING:
    from activation.outbox import Outbox
    from activation.suppression import SuppressionList
    from orchestration.erasures import Erasures


class Runtime:
    """One per stage call; cheap to make. Nothing is opened before it is used."""

    def __init__(self, profile: Profile):
        self.profile = profile
        self.paths = profile.paths.create()
        self._limiters: dict[str, Any] = {}

    def __enter__(self) -> Runtime:
        return self

    def __exit__(self, *_error: object) -> None:
        """Give back what is held: quota leases and database connections."""
        for limiter in self._limiters.values():
            if hasattr(limiter, "close"):
                limiter.close()
        for name in ("state", "outbox"):
            if name in self.__dict__:
                getattr(self, name).engine.dispose()

    def limiter(self, source: str) -> Any:
        """The shared quota limiter of a source's account."""
        if source not in self._limiters:
            from orchestration.limits import limiter_of

            self._limiters[source] = limiter_of(self.profile, source, self.state_url)
        return self._limiters[source]

    @functools.cached_property
    def state_url(self) -> str:
        """Where operational state lives: the SQLite file of the home, or the company's PostgreSQL."""
        if self.profile.state == "postgres":
            return driver_url(settings.secret(self.profile, "state_url_env").reveal())
        return f"sqlite:///{self.paths.state_db}"

    @functools.cached_property
    def state(self) -> State:
        return State(self.state_url, self.paths.locks)

    @functools.cached_property
    def clock(self) -> Clock:
        """The company's clock (docs/decisions/0006)."""
        source = self.profile.sources.rd_station
        if self.profile.clock == "rd_station" and source is not None:
            return ServiceClock(source.base_url)
        return SystemClock()

    @functools.cached_property
    def outbox(self) -> Outbox:
        """The ledger of what was pushed; its tables are made at the first write."""
        from activation.outbox import Outbox

        return Outbox(self.state_url)

    @functools.cached_property
    def suppressions(self) -> SuppressionList:
        """Who must never hear from us again."""
        from activation.suppression import SuppressionList

        return SuppressionList(self.state_url)

    @functools.cached_property
    def erasures(self) -> Erasures:
        """Who asked to be forgotten."""
        from orchestration.erasures import Erasures

        return Erasures(self.state_url)

    @property
    def display(self) -> progress.Display:
        return progress.current()

    @functools.cached_property
    def lock(self) -> WarehouseLock:
        return WarehouseLock(self.paths.warehouse_lock, on_wait=_say_waiting)

    @functools.cached_property
    def warehouse(self) -> Path | str:
        """What dlt, GX and publish open: the DuckDB file, or a PostgreSQL URL."""
        if self.profile.engine == "postgres":
            return settings.secret(self.profile, "engine_url_env").reveal()
        return self.paths.warehouse

    def now(self) -> datetime:
        """The company's instant: aware UTC, whole seconds."""
        return self.clock.now().replace(microsecond=0)

    def now_or_system(self) -> datetime:
        """Like `now`, but this machine's time when the service cannot be asked: for commands that only look."""
        try:
            return self.now()
        except ClockError:
            return SystemClock().now().replace(microsecond=0)


def _say_waiting(holder: Holder | None) -> None:
    progress.current().say(f"waiting for the warehouse: in use by {holder or 'another process'}")


def driver_url(url: str) -> str:
    """A PostgreSQL URL with the driver that is installed named: SQLAlchemy would look for another one."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url
