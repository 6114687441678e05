"""The two clocks of the sandbox.

The world clock says what time it is in the simulated company: an anchor plus real time × speed (0 = frozen),
moved forward by the control API. The limit clock is real time × speed: quotas, settling and webhook retries run on
it, so that 24-hour caps can be exercised in seconds.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


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

    def resume(self, anchor_world: datetime, anchor_real: float) -> None:
        """Go on from a remembered anchor: time that passed while the sandbox was down counts."""
        self.anchor_world, self.anchor_real = anchor_world, anchor_real


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
