"""What a person sees while something long runs. One display per process; silent unless a command asks for one."""

from __future__ import annotations

import sys
import threading
import time
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Display(Protocol):
    """`step` is called often and from any thread; it must be cheap."""

    def step(self, source: str, done: int, total: int | None, unit: str) -> None: ...
    def say(self, text: str) -> None: ...
    def close(self) -> None: ...


class Silent:
    """Shows nothing: tests, Dagster's workers, `--json`."""

    def step(self, source: str, done: int, total: int | None, unit: str) -> None: ...
    def say(self, text: str) -> None: ...
    def close(self) -> None: ...


class PlainLines:
    """One line per source at most every `every` seconds: logs, CI, a pipe."""

    def __init__(self, stream: TextIO | None = None, every: float = 5.0):
        self._stream = stream or sys.stderr
        self._every = every
        self._started = time.monotonic()
        self._said: dict[tuple[str, str], float] = {}

    def step(self, source: str, done: int, total: int | None, unit: str) -> None:
        now, key = time.monotonic(), (source, unit)
        finished = total is not None and done >= total
        if not finished and now - self._said.get(key, self._started) < self._every:
            return
        self._said[key] = now
        of = f" of {total:,}" if total is not None else ""
        self.say(f"  {source}: {done:,}{of} {unit}")

    def say(self, text: str) -> None:
        self._stream.write(f"[{time.monotonic() - self._started:5.1f} s] {text}\n")
        self._stream.flush()

    def close(self) -> None: ...


class Bars:
    """A terminal: one line per source and unit, moving."""

    def __init__(self, console: Console):
        self._bars = Progress(
            TextColumn("  {task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._lock = threading.Lock()
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._started = time.monotonic()
        self._bars.start()

    def step(self, source: str, done: int, total: int | None, unit: str) -> None:
        with self._lock:
            key = (source, unit)
            if key not in self._tasks:
                self._tasks[key] = self._bars.add_task(source, total=total, unit=unit)
            self._bars.update(self._tasks[key], completed=done, total=total)
            if total is not None and done >= total:
                self._bars.remove_task(self._tasks.pop(key))

    def say(self, text: str) -> None:
        with self._lock:  # a new step begins: what is left of the old one's bars would only confuse
            for task in self._tasks.values():
                self._bars.remove_task(task)
            self._tasks.clear()
        self._bars.console.print(f"[{time.monotonic() - self._started:5.1f} s] {text}", markup=False)

    def close(self) -> None:
        self._bars.stop()


_current: Display = Silent()


def use(display: Display) -> None:
    """Show progress here from now on."""
    global _current
    _current.close()
    _current = display


def current() -> Display:
    """The display in use."""
    return _current


def for_terminal(console: Console) -> Display:
    """Bars on a terminal, plain lines elsewhere."""
    return Bars(console) if console.is_terminal else PlainLines()
