"""Runs the `bastao` command and kills its own process (SIGKILL) at a named point: `python -m tests.support.killed_run POINT NTH ARGS…`.

POINT is a crash point of orchestration or activation, or `dlt.load.before` / `dlt.load.after` (around each package that
ingestion loads). NTH counts from 1. A run that never reaches the point ends as usual.
"""

import os
import signal
import sys
from typing import Any


def _arm(point: str, nth: int) -> None:
    from dlt.pipeline.pipeline import Pipeline

    import activation.faults
    import orchestration.faults

    seen = 0

    def reached(name: str) -> None:
        nonlocal seen
        if name == point:
            seen += 1
            if seen == nth:
                os.kill(os.getpid(), signal.SIGKILL)

    orchestration.faults.install(reached)
    activation.faults.install(reached)
    load = Pipeline.load

    def watched(self: Pipeline, *arguments: Any, **options: Any) -> Any:
        reached("dlt.load.before")
        result = load(self, *arguments, **options)
        reached("dlt.load.after")
        return result

    Pipeline.load = watched  # type: ignore[method-assign]


if __name__ == "__main__":
    _arm(sys.argv[1], int(sys.argv[2]))
    sys.argv = ["bastao", *sys.argv[3:]]
    from orchestration.cli import main

    main()
