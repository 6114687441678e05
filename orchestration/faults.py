"""Named points at which a test may kill the process. Without a handler they cost nothing and do nothing."""

from __future__ import annotations

from collections.abc import Callable

_handler: Callable[[str], None] | None = None


def install(handler: Callable[[str], None] | None) -> None:
    """Call `handler(name)` at every crash point of orchestration from now on; None removes it. For tests only."""
    global _handler
    _handler = handler


def crash_point(name: str) -> None:
    """Mark a moment after which a killed run must still end in the same state as an undisturbed one."""
    if _handler is not None:
        _handler(name)
