"""One load in a process of its own that kills itself with SIGKILL at a given point; 0 lets it end.

    python -m tests.ingestion.protheus.killed_load ERP_URL HOME WHAT NUMBER

WHAT: `chunk` (before the NUMBERth chunk is read), `before` or `after` (the NUMBERth step of dlt).
"""

from __future__ import annotations

import sys
from pathlib import Path

from ingestion import landing, runner
from ingestion.ports import NoLimits, Ports, Target
from ingestion.protheus import ProtheusConfig, run
from ingestion.protheus.database import Database
from tests.ingestion.deadly import Deadly, next_load
from tests.ingestion.fakes import FakeClock, MemoryTokens, no_lock


def main(url: str, home: str, what: str, number: int) -> None:
    """Run the load; small packages, so that there is something between two of them."""
    runner.PACKAGE_ROWS = 60
    if what == "chunk":
        Deadly(Database.chunk, before=number).on(Database)
    else:
        Deadly(landing.Landing._step, **{what: number}).on(landing.Landing)
    folder = Path(home)
    config = ProtheusConfig(url, chunk_rows=25)
    ports = Ports(NoLimits(), MemoryTokens(), FakeClock(), next_load(folder))
    print(run(config, ports, Target(folder / "warehouse.duckdb", folder, no_lock)).rows)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
