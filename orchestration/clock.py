"""Business time. A profile says whose clock counts: this machine's, or that of the RD Station service.

The demo's sandbox lives in its own time; a company whose machine has a wrong clock can follow the service too.
"""

from __future__ import annotations

import contextlib
import functools
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol

import httpx

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once per process: httpx would read them for every question, which takes longer than the answer."""
    return httpx.create_ssl_context()


class Clock(Protocol):
    """Aware UTC instants and waiting."""

    def now(self) -> datetime: ...
    def sleep(self, seconds: float) -> None: ...


class ClockError(RuntimeError):
    """The service did not say what time it is."""


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))

    def steady(self) -> str | None:
        """A mark on the time line of this boot of the machine, which setting the date does not move (Linux only)."""
        try:
            boot = _BOOT_ID.read_text(encoding="ascii").strip()
            return f"{boot} {time.clock_gettime(time.CLOCK_BOOTTIME):.3f}"
        except (OSError, AttributeError):
            return None


class ServiceClock:
    """The instant in the `Date` header of a service: whole seconds, never going back between two calls.

    `read` returns the header's text; tests pass their own. An answer is reused for `fresh` seconds of real time.
    """

    def __init__(self, base_url: str, read: Callable[[], str] | None = None, fresh: float = 0.2):
        self._base_url = base_url
        self._read = read or self._ask
        self._fresh = fresh
        self._last: datetime | None = None
        self._asked_at = float("-inf")

    def now(self) -> datetime:
        if self._last is not None and time.monotonic() - self._asked_at < self._fresh:
            return self._last
        header = self._read()
        try:
            instant = parsedate_to_datetime(header).astimezone(UTC)
        except (TypeError, ValueError) as error:
            raise ClockError(f"{self._base_url} sent no readable Date header ({header!r}).") from error
        self._last = max(self._last, instant) if self._last else instant
        self._asked_at = time.monotonic()
        return self._last

    def sleep(self, seconds: float) -> None:
        """Wait until the service's clock has moved on by `seconds`, at most that long in real time."""
        ends, goal = time.monotonic() + seconds, self.now().timestamp() + seconds
        while time.monotonic() < ends and self.now().timestamp() < goal:
            time.sleep(min(0.25, max(0.0, ends - time.monotonic())))

    def _ask(self) -> str:
        try:
            return httpx.head(self._base_url, timeout=10, verify=_certificates()).headers.get("date", "")
        except httpx.HTTPError as error:
            raise ClockError(
                f"Cannot reach {self._base_url} to ask for the time ({type(error).__name__}). "
                "Check the address under sources.rd_station in bastao.yaml, or set `clock: system`."
            ) from error


class Ahead:
    """A clock's instant as this machine's plus how far it was ahead when last asked: nobody waits for the answer.

    Asked in a thread of its own, every `every` seconds as long as this process lives; while it cannot be asked, the last
    answer counts (none yet: this machine's clock). Instants are UTC without a zone.
    """

    def __init__(self, clock: Clock, every: float = 30.0):
        self._clock, self._every, self._ahead = clock, every, timedelta()
        if not isinstance(clock, SystemClock):
            self._ask()
            threading.Thread(target=self._keep_asking, daemon=True, name="company clock").start()

    def __call__(self) -> datetime:
        return datetime.now(UTC).replace(tzinfo=None) + self._ahead

    def _ask(self) -> None:
        with contextlib.suppress(ClockError):
            self._ahead = self._clock.now() - datetime.now(UTC)

    def _keep_asking(self) -> None:
        while True:
            time.sleep(self._every)
            self._ask()
