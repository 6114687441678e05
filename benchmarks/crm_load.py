"""Reading the four CRMs against a floor: plain httpx and orjson over the same pages, written as Parquet.

    .venv/bin/python -m benchmarks.crm_load                            # 3,000 leads in each CRM
    .venv/bin/python -m benchmarks.crm_load --leads 600 --only hubspot # a quick look
    .venv/bin/python -m benchmarks.crm_load --only hubspot --profile   # where our processor time goes

A simulated company is read once through each CRM, and the answers are recorded; both sides then get them from a process
that serves them out of memory, in turns. Ours converts, checks, normalises phones and e-mails, compares with what is known
and lands in DuckDB through dlt; the floor does none of that. Exits with 1 when a full load takes more than 2.5 times the
floor.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import os
import pstats
import statistics
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.crm_readers import CRMS, Given, forget_addresses, load
from benchmarks.protheus_load import Watch
from benchmarks.recorded import Call, Recording, served
from tests.ingestion.fakes import MemoryTokens
from tests.support.sandbox import running_sandbox, simulated

PROMISE = 2.5
DAYS = 1.0  # what happens in them is what the incremental load finds
LAG = timedelta(seconds=120)  # search shows what happened that long ago
Seconds = tuple[float, float]  # by the clock on the wall, of the processor


def record(leads: int, names: list[str]) -> tuple[Given, dict[str, dict[str, list[Call]]], list[datetime]]:
    """(credentials, calls by CRM and phase, instants of the phases): a full load, then one a day later."""
    world = simulated(seed=11, leads=leads)
    found: dict[str, dict[str, list[Call]]] = {}
    start = world.end - timedelta(days=DAYS)
    nows = [start + LAG, start + LAG + timedelta(days=DAYS)]
    with tempfile.TemporaryDirectory(prefix="bastao-bench-") as base, running_sandbox(
        world, now=start.isoformat(), limits=False, protheus_url="none"
    ) as box:
        given, tokens = box.credentials, {name: MemoryTokens() for name in names}
        for number, (phase, now) in enumerate(zip(("full", "some"), nows, strict=True), 1):
            box.move_to(now)
            for name in names:
                home, heard = Path(base) / name, Recording()
                home.mkdir(exist_ok=True)
                load(name, box.url, given, home, number, now, heard, tokens[name])
                found.setdefault(name, {})[phase] = heard.calls
    return given, found, nows


def rows_of(body: Any) -> list[dict[str, Any]]:
    """The records of an answer, under whichever name; an answer that is one record is one row."""
    if isinstance(body, dict):
        for name in ("results", "records", "data", "deals", "contacts", "tasks", "organizations"):
            if isinstance(body.get(name), list):
                body = body[name]
                break
    return [row for row in (body if isinstance(body, list) else [body]) if isinstance(row, dict)]


def floor(address: str, calls: list[Call], folder: Path) -> tuple[Seconds, int]:
    """(seconds, records): every call once, in order, over one connection; one Parquet file per page."""
    gc.freeze()  # a plain program would not look for garbage among what this process holds of ours
    watch, count = Watch(), 0
    with httpx.Client(base_url=address, trust_env=False) as client:
        for number, call in enumerate(calls):
            answer = client.request(call.method, call.target, content=call.body or None, headers=call.headers)
            rows = rows_of(orjson.loads(answer.content))
            if not rows:
                continue
            try:
                table = pa.Table.from_pylist(rows)
            except pa.ArrowException:  # a column of several types: as text
                table = pa.table({"row": [orjson.dumps(row).decode() for row in rows]})
            try:
                pq.write_table(table, folder / f"{number}.parquet")
            except pa.ArrowException:  # an object without any key cannot be a column
                pq.write_table(pa.table({"row": [orjson.dumps(row).decode() for row in rows]}), folder / f"{number}.parquet")
            count += len(rows)
    took = watch.read()
    gc.unfreeze()
    return took, count


def ours(name: str, address: str, given: Given, home: Path, load_seq: int, now: datetime, tokens: MemoryTokens) -> tuple[Seconds, int]:
    """(seconds, raw rows) of one load, as a process that has met none of these addresses does it."""
    forget_addresses()
    watch = Watch()
    report = load(name, address, given, home, load_seq, now, tokens=tokens)
    return watch.read(), report.rows


def compare(name: str, given: Given, phases: dict[str, list[Call]], nows: list[datetime], rounds: int) -> float:
    """Prints the figures of one CRM; returns how many times the floor a full load takes."""
    ratios, processor, shares, some_ratios = [], [], [], []
    with served(phases) as address, tempfile.TemporaryDirectory(prefix="bastao-bench-") as base:
        for number in range(rounds + 1):
            home, plain, tokens = Path(base) / f"home{number}", Path(base) / f"plain{number}", MemoryTokens()
            home.mkdir()
            plain.mkdir()
            least, count = floor(f"{address}/full", phases["full"], plain)
            full, landed = ours(name, f"{address}/full", given, home, 1, nows[0], tokens)
            least_some, few = floor(f"{address}/some", phases["some"], plain)
            some, changed = ours(name, f"{address}/some", given, home, 2, nows[1], tokens)
            if number == 0:
                continue  # the first round also loads the libraries
            ratios.append(full[0] / least[0])
            processor.append(full[1] / least[1])
            shares.append(some[0] / full[0])
            some_ratios.append(some[0] / least_some[0])
            print(
                f"{name}: full {full[0]:.1f} s ({count / full[0]:,.0f} records/s, {landed:,} raw rows), floor {least[0]:.1f} s "
                f"({count / least[0]:,.0f} records/s, {len(phases['full']):,} calls): {ratios[-1]:.2f} times, processor "
                f"{processor[-1]:.2f} times; a day later {some[0]:.1f} s for {few:,} records in {len(phases['some'])} calls, "
                f"{changed:,} rows changed (floor {least_some[0]:.1f} s)",
                flush=True,
            )
    ratio = statistics.median(ratios)
    print(
        f"{name}: {ratio:.2f} times the floor (promise {PROMISE}), {statistics.median(processor):.2f} times its processor time; "
        f"a day's changes cost {statistics.median(shares):.0%} of a full load",
        flush=True,
    )
    return ratio


def profile(name: str, given: Given, phases: dict[str, list[Call]], now: datetime) -> None:
    """Where the processor time of a full load goes."""
    with served(phases) as address, tempfile.TemporaryDirectory(prefix="bastao-bench-") as base:
        for home in (Path(base) / "warm", Path(base) / "home"):
            home.mkdir()
            watched = cProfile.Profile()
            watched.enable()
            load(name, f"{address}/full", given, home, 1, now)
            watched.disable()
    pstats.Stats(watched).sort_stats("tottime").print_stats(45)


def main() -> int:
    """Print the figures; 1 when the promise is not kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--leads", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=list(CRMS), action="append", help="again for several")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    names = options.only or list(CRMS)
    given, recorded, nows = record(options.leads, names)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {options.leads:,} leads", flush=True)
    if options.profile:
        for name in names:
            profile(name, given, recorded[name], nows[0])
        return 0
    ratios = [compare(name, given, recorded[name], nows, options.rounds) for name in names]
    return 0 if max(ratios) <= PROMISE else 1


if __name__ == "__main__":
    sys.exit(main())
