"""Loads of the CRMs and of Protheus in processes of their own that kill themselves with SIGKILL at a given point.

One process loads the libraries and forks for each load: `Loads` talks to it. A point is the number of the call that is not
answered any more (Protheus by SQL: of the chunk that is not read), of dlt's step that is not begun (`before`), or after which
nothing follows (`after`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.paths import PROJECT_ROOT
from tests.ingestion.deadly import Deadly, next_load

PACKAGE_ROWS = 300
PROTHEUS = ("protheus_rest", "protheus_sql")


def _load(order: dict[str, Any]) -> None:
    """One load; writes how many calls and steps it took when it comes to its end."""
    from benchmarks import crm_readers
    from ingestion import landing, runner
    from ingestion.http import ApiClient
    from ingestion.protheus.database import Database

    runner.PACKAGE_ROWS = PACKAGE_ROWS  # so that there is something between two packages
    what, number = order["what"], order["number"]
    asked, owner = (Database.chunk, Database) if order["crm"] == "protheus_sql" else (ApiClient._send, ApiClient)
    call = Deadly(asked, before=number if what in ("call", "before call") else 0).on(owner)
    step = Deadly(
        landing.Landing._step, before=number if what == "before step" else 0, after=number if what == "after step" else 0
    ).on(landing.Landing)
    home, now = Path(order["home"]), datetime.fromisoformat(order["now"])
    if order["crm"] in PROTHEUS:
        _load_protheus(order["crm"] == "protheus_rest", order["given"]["protheus"], home, now)
    else:
        crm_readers.load(order["crm"], order["base"], order["given"], home, next_load(home), now)
    (home / "counts.json").write_text(json.dumps({"call": call.calls, "step": step.calls}))


def _load_protheus(by_rest: bool, given: dict[str, Any], home: Path, now: datetime) -> None:
    """Small pages, chunks and packages: most tables of a small company would be one of each."""
    from ingestion import runner
    from ingestion.ports import NoLimits, Ports, Target
    from ingestion.protheus import ProtheusConfig, RestAccess, run
    from tests.ingestion.fakes import FakeClock, MemoryTokens, no_lock

    runner.PACKAGE_ROWS = 60
    access = RestAccess(given["rest_url"], given["username"], given["password"], page_rows=20)
    config = ProtheusConfig(mode="rest", rest=access, chunk_rows=30) if by_rest else ProtheusConfig(given["url"], chunk_rows=20)
    ports = Ports(NoLimits(), MemoryTokens(), FakeClock(now.isoformat()), next_load(home))
    run(config, ports, Target(home / "warehouse.duckdb", home, no_lock))


def main() -> None:
    """Fork for each order on standard input; the child's exit code goes out."""
    import benchmarks.crm_readers  # noqa: F401

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                _load(json.loads(line))
            except BaseException:
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


class Loads:
    """The process that forks."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, **order: Any) -> int:
        """The exit code of one load: 0, or -9 when it killed itself."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"what": "", "number": 0, **order}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def loads() -> Iterator[Loads]:
    """The process for the length of a block."""
    command = [sys.executable, "-m", "tests.ingestion.killed_crm"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT)
    try:
        yield Loads(process)
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(30)


if __name__ == "__main__":
    main()
