"""Dagster's event log on kept connections, for a run inside this process.

Dagster opens, commits to the disk and closes the SQLite file of a run several times for each event; closing the last
connection also folds the write-ahead log back. A full run of this project has some eight hundred events, and that
took more time than building the models. The log is a record for people: `synchronous=normal` survives a kill of the
process at any moment, and only a power cut may lose its last lines.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from dagster import DagsterInstance
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage


@contextlib.contextmanager
def kept_connections(instance: DagsterInstance) -> Iterator[None]:
    """One connection per file of the event log while the block runs; nothing changes for other storages."""
    found = instance.event_log_storage
    if type(found) is not SqliteEventLogStorage:
        yield
        return
    storage: Any = found
    engines: dict[str, sa.Engine] = {}

    @contextlib.contextmanager
    def connect(shard: str) -> Iterator[sa.Connection]:
        if shard not in engines:
            with SqliteEventLogStorage._connect(storage, shard):
                pass  # makes the tables
        with storage._db_lock:
            if shard not in engines:
                engines[shard] = _engine(storage.conn_string_for_shard(shard))
            with engines[shard].begin() as connection:
                yield connection

    storage._connect = connect
    try:
        yield
    finally:
        del storage._connect
        for engine in engines.values():
            engine.dispose()


def _engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, poolclass=sa.pool.QueuePool, pool_size=1, connect_args={"timeout": 60, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _quick(connection: Any, _record: object) -> None:
        connection.execute("pragma synchronous=normal")

    return engine
