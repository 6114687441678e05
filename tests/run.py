"""The runner behind `make test`, `make test-all` and `make lint`: checks in order, stopping at the first that fails.

Output is for a person: one line per check, and the whole story of the one that failed. The types are checked beside the
tests: that takes one core half a minute, while tests wait for servers now and then.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS = "3"  # for two cores: now and then one of them waits for a server


@dataclass(frozen=True)
class Check:
    """One command. `live` lets its output through while it runs; others speak only when they fail.

    `beside`: the checks that follow need not wait for it.
    """

    name: str
    command: Sequence[str]
    live: bool = False
    beside: bool = False


def module(*words: str) -> list[str]:
    """A command of a package in this environment."""
    return [sys.executable, "-m", *words]


def script(name: str, *words: str) -> list[str]:
    """A console script installed beside this Python."""
    return [str(Path(sys.executable).with_name(name)), *words]


LINT = [
    Check("style (ruff)", module("ruff", "check", ".")),
    Check("import rules (import-linter)", script("lint-imports")),
    Check("types (mypy)", module("mypy"), beside=True),
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
    begun, running, passed = time.monotonic(), list[Running](), list[tuple[str, float]]()
    for check in GROUPS[group]:
        running.append(Running(check))
        while waited_for(running, check is GROUPS[group][-1]):
            time.sleep(0.05)
            for one in [one for one in running if one.process.poll() is not None]:
                running.remove(one)
                if one.process.returncode:
                    stop(running)
                    one.tell()
                    summary(passed)
                    print(f"  FAILED  {one.check.name:<32}{one.seconds:7.1f} s\n\nAgain: {' '.join(map(str, one.check.command))}")
                    return one.process.returncode
                passed.append((one.check.name, one.seconds))
    summary(passed)
    print(f"\nAll passed in {time.monotonic() - begun:.0f} s.")
    return 0


class Running:
    """A check that was started."""

    def __init__(self, check: Check) -> None:
        print(f"· {check.name}", flush=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BASTAO_")}
        self.check, self._started = check, time.monotonic()
        self._output = None if check.live else tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the check runs
        self.process = subprocess.Popen(check.command, cwd=ROOT, env=environment, stdout=self._output, stderr=self._output)

    @property
    def seconds(self) -> float:
        """Since it was started."""
        return time.monotonic() - self._started

    def tell(self) -> None:
        """What it said, if that was not shown already."""
        if self._output:
            self._output.seek(0)
            print(self._output.read())


def waited_for(running: Sequence[Running], last: bool) -> bool:
    """Whether the next check must wait, or the end when no check comes after."""
    return any(last or not one.check.beside for one in running)


def stop(running: Sequence[Running]) -> None:
    """Interrupt what still runs, as Ctrl-C would: tests stop their servers then."""
    for one in running:
        one.process.send_signal(signal.SIGINT)
    for one in running:
        try:
            one.process.wait(30)
        except subprocess.TimeoutExpired:
            one.process.kill()


def summary(results: Sequence[tuple[str, float]]) -> None:
    """What passed, and how long it took."""
    print()
    for name, seconds in results:
        print(f"  passed  {name:<32}{seconds:7.1f} s")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
