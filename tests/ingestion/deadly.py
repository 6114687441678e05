"""SIGKILL at a given call of a method, and the number of a home's next load: what the loads that kill themselves share."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Deadly:
    """`method`, counted; the process does not live to begin (`before`) or to see the end of (`after`) the call with that number."""

    def __init__(self, method: Callable[..., Any], before: int = 0, after: int = 0) -> None:
        self.method, self.before, self.after, self.calls = method, before, after, 0

    def on(self, owner: type) -> Deadly:
        """Put in the method's place."""

        def counted(*args: Any, **options: Any) -> Any:
            self.calls += 1
            if self.calls == self.before:
                os.kill(os.getpid(), signal.SIGKILL)
            result = self.method(*args, **options)
            if self.calls == self.after:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(owner, self.method.__name__, counted)
        return self


def next_load(home: Path) -> int:
    """The number of this load: one more than the last one that was begun in `home`."""
    runs = home / "runs"
    number = int(runs.read_text()) + 1 if runs.exists() else 1
    runs.write_text(str(number))
    return number
