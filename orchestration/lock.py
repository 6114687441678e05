"""The warehouse lock: DuckDB lets one process write a file, and says nothing useful to the second one.

The kernel releases a flock when its holder dies, however it dies; so there is no stale lock to clean up.
The JSON beside it only says who holds it, for the message that a waiting person reads. Programs that know nothing of
this lock (a BI tool or a shell on the warehouse file itself) hold DuckDB's own: meeting that one ends in the same error.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

POLL_SECONDS = 0.1
_DUCKDB_REFUSAL = re.compile(
    r'Could not set lock on file "(?P<file>[^"]+)"(?:: Conflicting lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\))?'
)


class LockHeld(RuntimeError):
    """The lock stayed taken until the time-out. The message names the holder and what to do."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock: what it does, its process, and since when (UTC)."""

    name: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{self.name!r} (process {self.pid}, since {self.since})"


class WarehouseLock:
    """A lock on `path` between processes and threads; `with lock("dbt build"): ...`.

    Not re-entrant: hold it in the smallest step that writes the warehouse, never around one that holds it too.
    """

    def __init__(self, path: Path, timeout: float = 600.0, on_wait: Callable[[Holder | None], None] | None = None):
        self.path = path
        self.timeout = timeout
        self.on_wait = on_wait

    @contextlib.contextmanager
    def __call__(self, holder: str, timeout: float | None = None) -> Iterator[None]:
        """Hold the lock as `holder`, waiting up to `timeout` seconds (default: the lock's own); else LockHeld."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._wait(descriptor, self.timeout if timeout is None else timeout)
            record = {"name": holder, "pid": os.getpid(), "since": _now()}
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(record).encode(), 0)
            try:
                yield
            except Exception as error:
                if (stranger := held_by_a_stranger(error)) is None:
                    raise
                raise LockHeld(stranger) from error
            finally:
                os.ftruncate(descriptor, 0)
        finally:
            os.close(descriptor)  # closing releases the flock

    def holder(self) -> Holder | None:
        """Who holds the lock now, or None when it is free. Does not take it."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read(file.read()) or Holder("unknown", 0, "unknown")
        return None

    def _wait(self, descriptor: int, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        told = False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                holder = _read(os.pread(descriptor, 4096, 0))
            if time.monotonic() >= deadline:
                raise LockHeld(
                    f"The warehouse is in use by {holder or 'another process'}; waited {timeout:g} s ({self.path}). "
                    "Wait for it to end, or stop that process; the lock goes with it."
                ) from None
            if self.on_wait and not told:
                self.on_wait(holder)
                told = True
            time.sleep(POLL_SECONDS)


def held_by_a_stranger(error: BaseException | None) -> str | None:
    """The sentence for DuckDB's refusal of a file that another program has open; None for any other error.

    dbt and dlt pass DuckDB's words on inside their own errors, so the whole chain is looked through.
    """
    while error is not None:
        if found := _DUCKDB_REFUSAL.search(str(error)):
            program, pid = found["program"] or "another program", found["pid"]
            who = f"{Path(program).name} (process {pid})" if pid else program
            return (
                f"The warehouse file {found['file']} is open in {who}, and DuckDB lets one program write. "
                "Close it there and run again; to look at the marts, open published/bastao.duckdb beside it instead."
            )
        error = error.__cause__ or error.__context__
    return None


def _read(content: bytes) -> Holder | None:
    """The holder's record; None while it is being written or after a kill left an old text."""
    try:
        return Holder(**json.loads(content))
    except (ValueError, TypeError):
        return None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
