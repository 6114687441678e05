"""How many webhooks the receiver takes: `python -m benchmarks.receiver [--seconds 20] [--rate 500] [--json]`.

A real receiver process (`bastao receive`) on loopback with a real SQLite state database; this process sends what RD Station
Marketing and CRM, HubSpot (signed) and Pipedrive send. Three parts: as fast as 64 connections go; a steady rate, latency
counted from the instant at which each delivery was due (a slow answer cannot hide those behind it); and HubSpot's
batches of 100. Afterwards the inbox must hold every accepted event once. Exits with 1 when the promise is not kept: 500 events
a second, all stored, the slowest hundredth within the strictest sender's five seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.hook_load import Connection, Event, Receiving, events, receiving

CONNECTIONS = 64
FLOOR = 500
SENDER_SECONDS = 5.0


def quantile(values: list[float], part: float) -> float:
    """The value below which `part` of them lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


async def flat_out(port: int, work: list[Event], seconds: float) -> tuple[list[Event], list[float], float]:
    """Every connection sends its next delivery when the last is answered. Accepted ones, latencies, seconds taken."""
    queue, accepted, latencies = iter(work), list[Event](), list[float]()
    begin = time.perf_counter()

    async def send() -> None:
        connection = Connection(port)
        for event in queue:
            started = time.perf_counter()
            if started - begin > seconds:
                break
            if 200 <= await connection.post(event.request) < 300:
                accepted.append(event)
                latencies.append(time.perf_counter() - started)
        connection.close()

    await asyncio.gather(*(send() for _ in range(CONNECTIONS)))
    return accepted, latencies, time.perf_counter() - begin


async def steady(port: int, work: list[Event], rate: float) -> tuple[list[Event], list[float], float]:
    """Delivery n is due n / rate seconds after the beginning, whether or not those before it are answered."""
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(4 * CONNECTIONS):
        idle.put_nowait(Connection(port))
    accepted, latencies = list[Event](), list[float]()
    begin = time.perf_counter()

    async def send(event: Event, due: float) -> None:
        connection = await idle.get()
        if 200 <= await connection.post(event.request) < 300:
            accepted.append(event)
            latencies.append(time.perf_counter() - due)
        idle.put_nowait(connection)

    async with asyncio.TaskGroup() as group:
        for number, event in enumerate(work):
            due = begin + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            group.create_task(send(event, due))
    taken = time.perf_counter() - begin
    while not idle.empty():
        idle.get_nowait().close()
    return accepted, latencies, taken


def stored(receiver: Receiving) -> Counter[str]:
    """How often each object stands in the inbox."""
    with sqlite3.connect(receiver.state_db) as connection:
        return Counter(key for (key,) in connection.execute("select object_id from inbox"))


def measure(seconds: float, rate: float, folder: Path) -> dict[str, Any]:
    """All three parts against one receiver."""
    with receiving(folder) as receiver:
        asyncio.run(flat_out(receiver.port, events(500, receiver.host), 5))  # warm-up
        work = events(int(4000 * seconds), receiver.host)
        before = receiver.processor_seconds()
        fast, fast_latencies, fast_taken = asyncio.run(flat_out(receiver.port, work, seconds))
        spent = receiver.processor_seconds() - before
        work = events(int(rate * seconds), receiver.host)
        even, even_latencies, even_taken = asyncio.run(steady(receiver.port, work, rate))
        batches = events(int(10 * seconds), receiver.host, batch=100, mix=("hubspot",))
        many, many_latencies, many_taken = asyncio.run(flat_out(receiver.port, batches, seconds))
        held = stored(receiver)
    accepted = [key for event in (*fast, *even, *many) for key in event.ids]
    return {
        "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1),
        "flat_out_per_second": round(len(fast) / fast_taken),
        "receiver_processor_ms_per_event": round(1000 * spent / len(fast), 2),
        "flat_out_p99_ms": round(1000 * quantile(fast_latencies, 0.99), 1),
        "steady_offered": len(work), "steady_accepted": len(even), "steady_per_second": round(len(even) / even_taken),
        "steady_p50_ms": round(1000 * quantile(even_latencies, 0.5), 1),
        "steady_p99_ms": round(1000 * quantile(even_latencies, 0.99), 1),
        "steady_slowest_ms": round(1000 * max(even_latencies), 1),
        "batched_events_per_second": round(sum(len(event.ids) for event in many) / many_taken),
        "batched_p99_ms": round(1000 * quantile(many_latencies, 0.99), 1),
        "accepted": len(accepted), "lost": sum(held[key] == 0 for key in accepted),
        "doubled": sum(count > 1 for count in held.values()),
    }  # fmt: skip


def kept(figures: dict[str, Any], rate: float) -> bool:
    """Whether the promise holds."""
    whole = figures["lost"] == 0 and figures["doubled"] == 0 and figures["steady_accepted"] == figures["steady_offered"]
    quick = figures["flat_out_per_second"] >= FLOOR and figures["steady_per_second"] >= 0.98 * rate
    return bool(whole and quick and figures["steady_p99_ms"] <= 1000 * SENDER_SECONDS)


def main() -> int:
    """Print the figures; 1 when the promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="length of each part")
    parser.add_argument("--rate", type=float, default=FLOOR, help="deliveries a second of the steady part")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(chosen.seconds, chosen.rate, Path(folder))
    good = kept(figures, chosen.rate)
    if chosen.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name.replace('_', ' '):<34}{value}" for name, value in figures.items()))
        print("kept" if good else "NOT KEPT")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
