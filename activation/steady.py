"""Time that no clock change moves: how long ago an attempt was, even when the machine's date was set meanwhile.

Settling is decided by it where it can be: a wall clock that jumps an hour ahead must not make an attempt look settled
that went out a second ago. A mark is `<boot id> <seconds since boot>`; marks of two boots cannot be compared.
"""

from __future__ import annotations

from typing import Any


def mark_of(clock: Any) -> str | None:
    """The clock's mark now, or None when it has none (a simulated clock, a system that does not tell)."""
    steady = getattr(clock, "steady", None)
    return steady() if callable(steady) else None


def seconds_between(earlier: str | None, later: str | None) -> float | None:
    """Real seconds between two marks, None when they cannot be compared."""
    if not earlier or not later:
        return None
    (boot, start), (same, end) = earlier.split(" ", 1), later.split(" ", 1)
    return max(0.0, float(end) - float(start)) if boot == same else None
