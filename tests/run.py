"""The runner behind `make test`, `make test-all` and `make lint`: checks in order, stopping at the first that fails.

Output is for a person: one line per check, and the whole story of the one that failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS = "3"  # for two cores: now and then one of them waits for a server


@dataclass(frozen=True)
class Check:
    """One command. `live` lets its output through while it runs; others speak only when they fail."""

    name: str
    command: Sequence[str]
    live: bool = False


def module(*words: str) -> list[str]:
    """A command of a package in this environment."""
    return [sys.executable, "-m", *words]


def script(name: str, *words: str) -> list[str]:
    """A console script installed beside this Python."""
    return [str(Path(sys.executable).with_name(name)), *words]


LINT = [
    Check("style (ruff)", module("ruff", "check", ".")),
    Check("import rules (import-linter)", script("lint-imports")),
    Check("types (mypy)", module("mypy")),
]


def tests(name: str, marks: str) -> Check:
    """The test suite in several processes; files stay whole, because many share an expensive fixture."""
    words = ["pytest", "-q", "-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder", "--durations=10", "--durations-min=5"]
    return Check(name, module(*words, "-m", marks), live=True)


GROUPS = {
    "lint": LINT,
    "fast": [*LINT, tests("tests", "not long")],
    "all": [*LINT, tests("tests", "not long"), tests("long tests", "long")],
}


def main(arguments: Sequence[str]) -> int:
    """Run the checks of one group; the exit code is that of the first that fails."""
    group = arguments[0] if arguments else "fast"
    if group not in GROUPS:
        print(f"usage: python -m tests.run [{'|'.join(GROUPS)}]", file=sys.stderr)
        return 2
    results: list[tuple[str, float]] = []
    for check in GROUPS[group]:
        started = time.monotonic()
        code = run(check)
        seconds = time.monotonic() - started
        if code != 0:
            summary(results)
            print(f"  FAILED  {check.name:<32}{seconds:7.1f} s\n\nAgain: {' '.join(map(str, check.command))}")
            return code
        results.append((check.name, seconds))
    summary(results)
    print(f"\nAll passed in {sum(seconds for _, seconds in results):.0f} s.")
    return 0


def run(check: Check) -> int:
    """Run one check and return its exit code."""
    print(f"· {check.name}", flush=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BASTAO_")}
    if check.live:
        return subprocess.run(check.command, cwd=ROOT, env=environment, check=False).returncode
    done = subprocess.run(check.command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr)
    return done.returncode


def summary(results: Sequence[tuple[str, float]]) -> None:
    """What passed, and how long it took."""
    print()
    for name, seconds in results:
        print(f"  passed  {name:<32}{seconds:7.1f} s")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
