"""Who is alive. A row in `sending` may be repaired only when the process that sends it is gone.

Not by a time limit: a process that was suspended, or waits for quota, would wake up and send a second time, and
business clocks jump. A worker instead holds a lock that the operating system (SQLite: one machine) or the server
(PostgreSQL) frees when the process dies, however it dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from activation.database import is_sqlite, sqlite_path


def new_worker() -> str:
    """A name that no other process has or will have."""
    return uuid.uuid4().hex


class FileLiveness:
    """One locked file per worker in a folder beside the SQLite file."""

    def __init__(self, folder: Path):
        self._folder = folder

    @contextlib.contextmanager
    def hold(self, worker: str) -> Iterator[None]:
        """Count as alive until the block ends or the process dies."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / worker
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            path.unlink(missing_ok=True)
            os.close(handle)

    def alive(self, worker: str) -> bool:
        """Whether the worker holds its lock. The file of a dead one is removed."""
        path = self._folder / worker
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        path.unlink(missing_ok=True)
        return False


class PostgresLiveness:
    """One advisory lock per worker on a connection of its own; the server frees it when the connection ends."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine

    @contextlib.contextmanager
    def hold(self, worker: str) -> Iterator[None]:
        """Count as alive until the block ends or the connection is lost."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("select pg_advisory_lock(:key)"), {"key": _key(worker)})
            try:
                yield
            finally:
                with contextlib.suppress(sa.exc.SQLAlchemyError):
                    connection.execute(sa.text("select pg_advisory_unlock(:key)"), {"key": _key(worker)})

    def alive(self, worker: str) -> bool:
        """Whether the worker's lock is taken."""
        with self._engine.begin() as connection:
            free = sa.text("select pg_try_advisory_xact_lock(:key)")
            return not connection.execute(free, {"key": _key(worker)}).scalar_one()


def liveness(url: str, engine: sa.Engine) -> FileLiveness | PostgresLiveness:
    """The kind that fits the database of `url`."""
    if is_sqlite(url):
        path = sqlite_path(url)
        return FileLiveness(path.with_name(path.name + ".workers"))
    return PostgresLiveness(engine)


def _key(worker: str) -> int:
    return int.from_bytes(hashlib.sha256(worker.encode()).digest()[:8], "big", signed=True)
