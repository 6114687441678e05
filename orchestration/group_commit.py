"""One commit, and so one wait for the disk, for all events that came in while the last one was written.

A receiver that commits each event alone is as fast as the disk flushes: some tens to hundreds a second. Here every
request waits for the commit that holds its events, and that commit serves whoever has come meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

Row = dict[str, Any]
Key = tuple[str, str]
Write = Callable[[Sequence[Row]], set[Key]]
# The database itself failed: a second try at once would only keep everybody waiting.
UNAVAILABLE = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)


class Overloaded(Exception):
    """More events wait than may wait; the sender should come again."""


class GroupCommit:
    """Stores rows through `write`, which commits what it is given and returns the keys that were new.

    One event loop, one writing thread. At most `group` rows per commit and `queue` rows waiting. A commit waits `linger`
    seconds for company: nothing against a sender's patience of seconds, and a commit costs as much as forty rows.
    """

    def __init__(self, write: Write, group: int = 500, queue: int = 20_000, linger: float = 0.01):
        self._write, self._group, self._queue, self._linger = write, group, queue, linger
        self._waiting: deque[tuple[list[Row], asyncio.Future[int]]] = deque()
        self._rows = 0
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "inbox")

    async def store(self, rows: list[Row], patience: float) -> int:
        """Returns how many of `rows` were new, once they are committed.

        Raises Overloaded, TimeoutError after `patience` seconds (the rows may still be committed: repeats are harmless),
        or what `write` raised.
        """
        if self._rows + len(rows) > self._queue:
            raise Overloaded
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((rows, done))
        self._rows += len(rows)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return await asyncio.wait_for(done, patience)

    async def _drain(self) -> None:
        while self._waiting:
            if self._rows < self._group:
                await asyncio.sleep(self._linger)
            await self._commit(self._take())

    def _take(self) -> list[tuple[list[Row], asyncio.Future[int]]]:
        """Whoever still waits, oldest first; always at least one, so that a large delivery passes too."""
        group: list[tuple[list[Row], asyncio.Future[int]]] = []
        size = 0
        while self._waiting and (not group or size + len(self._waiting[0][0]) <= self._group):
            rows, done = self._waiting.popleft()
            self._rows -= len(rows)
            if not done.done():  # its sender was told to come again
                group.append((rows, done))
                size += len(rows)
        return group

    async def _commit(self, group: list[tuple[list[Row], asyncio.Future[int]]]) -> None:
        if not group:
            return
        rows = [row for part, _ in group for row in part]
        try:
            new = await asyncio.get_running_loop().run_in_executor(self._thread, self._write, rows)
        except Exception as error:
            if len(group) > 1 and not isinstance(error, UNAVAILABLE):
                for one in group:  # a row that the database refuses must not take the others with it
                    await self._commit([one])
                return
            for _, done in group:
                if not done.done():
                    done.set_exception(error)
            return
        for part, done in group:
            keys = {(row["system"], row["event_key"]) for row in part}
            fresh = keys & new
            new -= fresh  # the same event twice in one group: new for the first
            if not done.done():
                done.set_result(len(fresh))
