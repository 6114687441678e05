"""Events share commits; a row that cannot be stored fails alone; nobody waits longer than the sender does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from orchestration.group_commit import GroupCommit, Key, Overloaded, Row
from orchestration.state import State


class Recorder:
    """Writes to a real inbox and remembers the groups."""

    def __init__(self, folder: Path):
        self.inbox = State(f"sqlite:///{folder}/state.db", folder).inbox
        self.groups: list[int] = []

    def __call__(self, rows: Sequence[Row]) -> set[Key]:
        self.groups.append(len(rows))
        return self.inbox.add_all(rows)


def row(key: str, **more: Any) -> Row:
    return {"system": "hubspot", "event_type": "deal.creation", "event_key": key, "object_id": key, **more}


def test_many_requests_share_few_commits_and_repeats_count_once(tmp_path: Path) -> None:
    write = Recorder(tmp_path)

    async def run() -> list[int]:
        commits = GroupCommit(write)
        return await asyncio.gather(*(commits.store([row(f"k{n % 60}"), row(f"own{n}")], 5) for n in range(100)))

    new = asyncio.run(run())
    assert sum(new) == 160 and len(list(write.inbox.after(0))) == 160
    assert sum(write.groups) == 200 and len(write.groups) <= 3


def test_a_row_that_the_database_refuses_fails_alone(tmp_path: Path) -> None:
    write = Recorder(tmp_path)

    async def run() -> list[Any]:
        commits = GroupCommit(write)
        wanted = [[row("a")], [row("bad", event_type=None)], [row("b")]]
        return await asyncio.gather(*(commits.store(rows, 5) for rows in wanted), return_exceptions=True)

    good, bad, also_good = asyncio.run(run())
    assert (good, also_good) == (1, 1) and isinstance(bad, sa.exc.IntegrityError)
    assert [found["event_key"] for found in write.inbox.after(0)] == ["a", "b"]


def test_a_database_that_fails_is_asked_once(tmp_path: Path) -> None:
    asked: list[int] = []

    def write(rows: Sequence[Row]) -> set[Key]:
        asked.append(len(rows))
        raise sa.exc.OperationalError("insert", {}, Exception("disk full"))

    async def run() -> list[Any]:
        commits = GroupCommit(write)
        return await asyncio.gather(*(commits.store([row(str(n))], 5) for n in range(10)), return_exceptions=True)

    assert all(isinstance(error, sa.exc.OperationalError) for error in asyncio.run(run()))
    assert asked == [10]


def test_patience_and_room_have_ends() -> None:
    def slow(rows: Sequence[Row]) -> set[Key]:
        time.sleep(0.3)
        return {(one["system"], one["event_key"]) for one in rows}

    async def run() -> None:
        commits = GroupCommit(slow, queue=3)
        first = asyncio.create_task(commits.store([row("a")], 0.1))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(commits.store([row("b"), row("c")], 5))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await commits.store([row("d"), row("e")], 5)
        with pytest.raises(TimeoutError):
            await first
        assert await second == 2, "who came later was served by the next commit"

    asyncio.run(run())
