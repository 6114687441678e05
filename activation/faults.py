"""Named crash points. They do nothing unless a test installs a handler, which may kill the process there."""

from __future__ import annotations

from collections.abc import Callable

_handler: Callable[[str], None] | None = None


def install(handler: Callable[[str], None] | None) -> None:
    """Call `handler(name)` at every crash point from now on; None removes it. For tests only."""
    global _handler
    _handler = handler


def crash_point(name: str) -> None:
    """Mark a place between two steps: a process killed here must leave a state that the next run repairs."""
    if _handler is not None:
        _handler(name)
