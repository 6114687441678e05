"""One load in a process of its own that kills itself with SIGKILL at a given point; 0 lets it end.

    python -m tests.ingestion.protheus.killed_load ERP_URL HOME WHAT NUMBER

WHAT: `chunk` (before the NUMBERth chunk is read), `before` or `after` (the NUMBERth step of dlt).
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ingestion import landing, runner
from ingestion.ports import NoLimits, Ports, Target
from ingestion.protheus import ProtheusConfig, run
from ingestion.protheus.database import Database
from tests.ingestion.fakes import FakeClock, MemoryTokens


@contextlib.contextmanager
def no_lock(holder: str) -> Iterator[None]:
    """Nobody else is here."""
    yield


def deadly(method: Callable[..., Any], number: int, before: bool) -> Callable[..., Any]:
    """`method`, whose `number`th call is the last thing the process does."""
    calls = [0]

    def counted(*args: Any, **options: Any) -> Any:
        calls[0] += 1
        if before and calls[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)
        result = method(*args, **options)
        if calls[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return counted


def main(url: str, home: str, what: str, number: int) -> None:
    """Run the load; small packages, so that there is something between two of them."""
    runner.PACKAGE_ROWS = 60
    if number and what == "chunk":
        Database.chunk = deadly(Database.chunk, number, True)  # type: ignore[method-assign]
    elif number:
        landing.Landing._step = deadly(landing.Landing._step, number, what == "before")  # type: ignore[method-assign]
    folder = Path(home)
    runs = folder / "runs"
    load_seq = int(runs.read_text()) + 1 if runs.exists() else 1
    runs.write_text(str(load_seq))
    config = ProtheusConfig(url, chunk_rows=25)
    ports = Ports(NoLimits(), MemoryTokens(), FakeClock(), load_seq)
    print(run(config, ports, Target(folder / "warehouse.duckdb", folder, no_lock)).rows)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
