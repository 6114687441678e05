"""Reading Protheus by SQL against a floor: plain SQLAlchemy fetches of the same rows, written as Parquet.

    .venv/bin/python -m benchmarks.protheus_load                 # 300,000 invoice items and 20,000 customers
    .venv/bin/python -m benchmarks.protheus_load --rows 60000    # a quick look

Both sides read the same SQLite file in the same process, in turns. Ours trims, types, quarantines, resolves identifiers,
and lands the rows through dlt in DuckDB; the floor does none of that. Exits with 1 when the full load takes more than 2.5
times the floor.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from benchmarks.protheus_rows import TABLES, fill, touch
from ingestion.ports import NoLimits, Ports, Target
from ingestion.protheus import ProtheusConfig, run

PROMISE = 2.5
CHUNK = 20_000


class Clock:
    """Stands at an instant after every stamp."""

    def now(self) -> datetime:
        return datetime(2026, 7, 1, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing waits in a benchmark")


@contextlib.contextmanager
def no_lock(holder: str) -> Iterator[None]:
    """Nobody else is here."""
    yield


class Watch:
    """Seconds by the clock on the wall, and of the processor (all threads of this process)."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Since it was made."""
        return time.perf_counter() - self._wall, time.process_time() - self._processor


def floor(database: Path, folder: Path, since: str | None = None) -> tuple[tuple[float, float], int]:
    """(seconds, rows): every column that ours reads, in the same order and chunks, one Parquet file per chunk."""
    watch, count = Watch(), 0
    engine = sa.create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        for name, columns in TABLES.items():
            after, number = 0, 0
            while True:
                where = f"R_E_C_N_O_ > {after}" + (f" AND S_T_A_M_P_ >= '{since}'" if since else "")
                query = f"SELECT {', '.join(columns)} FROM {name} WHERE {where} ORDER BY R_E_C_N_O_ LIMIT {CHUNK}"
                rows = connection.execute(sa.text(query)).fetchall()
                if not rows:
                    break
                table = pa.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))
                pq.write_table(table, folder / f"{name}-{number}.parquet")
                after, number, count = rows[-1][0], number + 1, count + len(rows)
    engine.dispose()
    return watch.read(), count


def ours(database: Path, home: Path, load_seq: int) -> tuple[tuple[float, float], int]:
    """(seconds, rows of the tables that were filled) of one load."""
    ports = Ports(NoLimits(), None, Clock(), load_seq)  # type: ignore[arg-type]
    config = ProtheusConfig(f"sqlite:///{database}", chunk_rows=CHUNK)
    watch = Watch()
    report = run(config, ports, Target(home / "warehouse.duckdb", home, no_lock))
    names = {name[:3].lower() for name in TABLES}
    return watch.read(), sum(n for name, n in report.rows_by_table.items() if name in names)


def main() -> int:
    """Print the figures; 1 when the promise is not kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=300_000, help="invoice items")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {options.rows:,} invoice items")
    ratios, processor, shares = [], [], []
    with tempfile.TemporaryDirectory(prefix="bastao-bench-") as base:
        database = Path(base) / "protheus.db"
        fill(database, options.rows, random.Random(7))
        for number in range(options.rounds + 1):
            home, plain = Path(base) / f"home{number}", Path(base) / f"plain{number}"
            home.mkdir()
            plain.mkdir()
            least, count = floor(database, plain)
            full, landed = ours(database, home, 1)
            idle, nothing = ours(database, home, 2)
            changed = touch(database, options.rows // 100, number)
            some, few = ours(database, home, 3)
            least_some, _ = floor(database, plain, changed)
            assert landed == count and nothing == 0, (landed, count, nothing)
            if number == 0:
                continue  # the first round also loads the libraries
            ratios.append(full[0] / least[0])
            processor.append(full[1] / least[1])
            shares.append(some[0] / full[0])
            print(
                f"full {full[0]:.1f} s ({count / full[0]:,.0f} rows/s), floor {least[0]:.1f} s ({count / least[0]:,.0f} rows/s): "
                f"{ratios[-1]:.2f} times, processor {processor[-1]:.2f} times; nothing changed {idle[0]:.1f} s; "
                f"{few:,} changed rows {some[0]:.1f} s (floor {least_some[0]:.1f} s)",
                flush=True,
            )
    ratio = statistics.median(ratios)
    print(
        f"full load: {ratio:.2f} times the floor (promise {PROMISE}), {statistics.median(processor):.2f} times its processor time; "
        f"1 % changed costs {statistics.median(shares):.0%} of a full load"
    )
    return 0 if ratio <= PROMISE else 1


if __name__ == "__main__":
    sys.exit(main())
