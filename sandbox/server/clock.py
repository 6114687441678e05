"""The two clocks of the sandbox.

The world clock says what time it is in the simulated company: an anchor plus real time × speed (0 = frozen),
moved forward by the control API. The limit clock is real time × speed: quotas, settling and webhook retries run on
it, so that 24-hour caps can be exercised in seconds.

The world stands still while the sandbox is down: `ClockFile` keeps its instant in the home. After a kill it goes on
a little later than it may have been, never earlier: what a client saw stays in the past.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

HEARTBEAT_SECONDS = 5.0  # real time between two notes of a moving clock


class WorldClock:
    """Instant of the simulated world (aware UTC); never goes backwards."""

    def __init__(self, now: datetime, speed: float = 0.0, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self.speed = speed
        self.anchor_world = now.astimezone(UTC)
        self.anchor_real = real()

    def now(self) -> datetime:
        """The world's instant."""
        if self.speed == 0:
            return self.anchor_world
        passed = max(0.0, self._real() - self.anchor_real)
        return self.anchor_world + timedelta(seconds=passed * self.speed)

    def move_to(self, instant: datetime) -> None:
        """Set the clock to `instant`; ValueError when that lies in the past of the world."""
        current = self.now()
        if instant < current:
            raise ValueError(f"the world clock cannot go back from {current.isoformat()} to {instant.isoformat()}")
        self.anchor_world, self.anchor_real = instant.astimezone(UTC), self._real()

    def set_speed(self, speed: float) -> None:
        """Change the speed from now on; ValueError when negative."""
        if speed < 0:
            raise ValueError("the speed of the world clock cannot be negative")
        self.move_to(self.now())
        self.speed = speed



class LimitClock:
    """Seconds that quotas run on: real time × speed, monotone within a process."""

    def __init__(self, speed: float = 1.0, real: Callable[[], float] = time.monotonic) -> None:
        if speed <= 0:
            raise ValueError("the speed of the limit clock must be positive")
        self._real, self.speed = real, speed
        self._base_real, self._base_limit = real(), real()

    def now(self) -> float:
        """Seconds on the limit clock."""
        return self._base_limit + (self._real() - self._base_real) * self.speed

    def real_seconds(self, limit_seconds: float) -> float:
        """How long `limit_seconds` take in real time."""
        return limit_seconds / self.speed

    def set_speed(self, speed: float) -> None:
        """Change the speed without a jump."""
        if speed <= 0:
            raise ValueError("the speed of the limit clock must be positive")
        self._base_limit, self._base_real = self.now(), self._real()
        self.speed = speed

    def advance(self, limit_seconds: float) -> None:
        """Let `limit_seconds` pass at once."""
        self._base_limit += max(0.0, limit_seconds)


class ClockFile:
    """`<home>/clock.json`: the world's instant as last noted, and whether the sandbox stopped cleanly after it."""

    def __init__(self, home: Path | None) -> None:
        self._path = home / "clock.json" if home else None
        self._noted_at = 0.0

    def read(self) -> datetime | None:
        """Where the world goes on, None without a note."""
        if self._path is None or not self._path.exists():
            return None
        note = json.loads(self._path.read_text())
        lost = 0.0 if note["clean"] else HEARTBEAT_SECONDS * float(note["speed"])
        return datetime.fromisoformat(note["at"]) + timedelta(seconds=lost)

    def write(self, clock: WorldClock, clean: bool = False) -> None:
        """Note the clock's instant, replacing the file at once."""
        self._noted_at = time.monotonic()
        if self._path is None:
            return
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"at": clock.now().isoformat(), "speed": clock.speed, "clean": clean}))
        fresh.replace(self._path)

    def heartbeat(self, clock: WorldClock) -> None:
        """Note a moving clock now and then."""
        if self._path and clock.speed > 0 and time.monotonic() - self._noted_at > HEARTBEAT_SECONDS * 0.8:
            self.write(clock)
