"""The receiver is killed and started again under load: no event that was accepted is lost, none is there twice."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.hook_load import REPEATS, Connection, Event, Receiving, events


class Outcome:
    """What the senders saw."""

    def __init__(self) -> None:
        self.accepted: list[Event] = []
        self.given_up: list[Event] = []
        self.failures = 0


async def deliver(receiver: Receiving, work: list[Event], rate: float, kills: int, pause: float) -> Outcome:
    """Senders that repeat as each service does; every twentieth delivery comes twice. Meanwhile: SIGKILL, start again."""
    seen, idle = Outcome(), asyncio.Queue[Connection]()
    for _ in range(64):
        idle.put_nowait(Connection(receiver.port))

    async def attempt(event: Event) -> bool:
        connection = await idle.get()
        try:
            return 200 <= await connection.post(event.request) < 300
        finally:
            idle.put_nowait(connection)

    async def send(event: Event) -> None:
        for wait in (*REPEATS[event.sender], None):
            if await attempt(event):
                seen.accepted.append(event)
                return
            seen.failures += 1
            if wait is not None:
                await asyncio.sleep(wait)
        seen.given_up.append(event)

    async def killer() -> None:
        for _ in range(kills):
            await asyncio.sleep(pause)
            receiver.kill()
            await asyncio.to_thread(receiver.start)

    begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        group.create_task(killer())
        for number, event in enumerate(work):
            await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            for _ in range(2 if number % 20 == 0 else 1):
                group.create_task(send(event))
    while not idle.empty():
        idle.get_nowait().close()
    return seen


def run(folder: Path, seconds: float, rate: float, kills: int) -> None:
    receiver = Receiving(folder)
    try:
        receiver.start()
        work = events(int(seconds * rate), receiver.host, batch=5)
        seen = asyncio.run(deliver(receiver, work, rate, kills, seconds / (kills + 1)))
    finally:
        receiver.stop()
    with sqlite3.connect(receiver.state_db) as connection:
        held = Counter(key for (key,) in connection.execute("select object_id from inbox"))
        numbers = [number for (number,) in connection.execute("select inbox_seq from inbox order by inbox_seq")]
    print(f"{len(seen.accepted)} deliveries accepted, {seen.failures} attempts failed, {len(seen.given_up)} given up by senders")
    assert seen.failures > kills, "the kills hit nobody"
    assert len(seen.accepted) > len(work) / 2, "the receiver was hardly ever up"
    # A sender that gave up saw no 2xx: its events may be there (the answer was lost) or not, and polling finds them.
    lost = [key for event in seen.accepted for key in event.ids if held[key] == 0]
    doubled = [key for key, count in held.items() if count > 1]
    assert (lost, doubled) == ([], [])
    assert set(held) <= {key for event in work for key in event.ids}
    assert len(numbers) == len(set(numbers))


@pytest.mark.long
def test_killed_ten_times_under_load(tmp_path: Path) -> None:
    run(tmp_path, seconds=60, rate=300, kills=10)
