"""What working time costs: 10 million intervals over ten years of calendar, in DuckDB, in one process and one run.

    python -m benchmarks.business_time [--intervals 10000000] [--rounds 7] [--json]

Compared are the same two equality joins with the calendar: once delivering what they fetch to a trivial aggregate,
once computing working seconds with the macros of `dbt_project/macros/business_time.sql`. See the README beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from datetime import time as time_
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd

from benchmarks import macros
from contract.calendar import build_calendar, calendar_hash
from contract.calendar_model import WEEKDAYS, Calendar
from contract.closures import closures

PROMISE = 1.3
FIRST, LAST = date(2016, 1, 1), date(2026, 12, 31)
WEEK, SATURDAY = list(WEEKDAYS[:5]), "saturday"
CALENDARS: list[dict[str, Any]] = [
    {"zone": "America/Sao_Paulo", "state": "SP", "hours": [{"days": WEEK, "intervals": ["08:00-12:00", "13:00-18:00"]}]},
    {"zone": "America/Sao_Paulo", "state": "PR", "hours": [{"days": WEEK, "intervals": ["08:30-17:30"]},
                                                           {"days": [SATURDAY], "intervals": ["09:00-12:00"]}]},
    {"zone": "America/Manaus", "state": "AM", "hours": [{"days": WEEK, "intervals": ["08:00-12:00", "14:00-18:00"]}]},
    {"zone": "America/Noronha", "hours": [{"days": WEEK, "intervals": ["22:00-06:00"]}]},
    {"zone": "Europe/Lisbon", "country": "PT", "hours": [{"days": WEEK, "intervals": ["09:00-13:00", "14:00-18:00"]}]},
]  # fmt: skip
SQL = macros.load("engine.sql", "business_time.sql")
JOINS = """
    from intervals as v
    inner join calendar_days as d1 on v.calendar_hash = d1.calendar_hash and cast(v.start_at as date) = d1.utc_date
    inner join calendar_days as d2 on v.calendar_hash = d2.calendar_hash and cast(v.end_at as date) = d2.utc_date"""
CELLS = ("working_seconds", *(f"i{number}_{end}" for number in range(1, 5) for end in ("start", "end")))
FETCHED = ["v.start_at", "v.end_at", *(f"{day}.{cell}" for day in ("d1", "d2") for cell in CELLS)]
QUERIES = {
    # The same columns leave the joins as below, and one sum as there; `first` looks at one value of each batch.
    "joins": "select sum(d2.cum_before - d1.cum_before), "
    f"{', '.join(f'first({column})' for column in FETCHED)} {JOINS}",
    "working seconds": "select sum({} - {}) {}".format(
        SQL.worked_before("v.end_at", "d2"), SQL.worked_before("v.start_at", "d1"), JOINS
    ),
    # For the record: joins that fetch less than any working time needs.
    "joins, count(*)": f"select count(*) {JOINS}",
    "joins, one column a side": f"select sum(d2.cum_before - d1.cum_before) {JOINS}",
}


def prepare(con: duckdb.DuckDBPyConnection, intervals: int) -> None:
    """Tables `calendar_days`, `buckets` and `intervals` (seeded; up to 30 days long, over ten years)."""
    rows: list[dict[str, Any]] = []
    for text in CALENDARS:
        calendar = Calendar.model_validate(text)
        name = calendar_hash(calendar)
        rows += ({"calendar_hash": name, **row} for row in build_calendar(calendar, FIRST, LAST))
    frame = pd.DataFrame(rows)
    cells = [column for column in frame if column not in ("calendar_hash", "utc_date")]
    con.register("frame", frame)
    whole = ", ".join(f"cast({cell} as bigint) as {cell}" for cell in cells)
    con.execute(f"create table raw_days as select calendar_hash, cast(utc_date as date) as utc_date, {whole} from frame")
    con.execute(f"create table calendar_days as {SQL.calendar_days('raw_days')}")
    con.execute(f"create table buckets as {SQL.working_day_buckets('calendar_days')}")
    names = sorted({row["calendar_hash"] for row in rows})
    chosen = " ".join(f"when {number} then '{name}'" for number, name in enumerate(names))
    con.execute("set threads = 1")  # one sequence of random numbers, whatever the machine
    con.execute("select setseed(0.42)")
    con.execute(f"""
        create table intervals as
        select case number {chosen} end as calendar_hash, start_at, start_at + seconds * interval 1 second as end_at
        from (
            select
                cast(floor(random() * {len(names)}) as integer) as number,
                cast(floor(random() * 30 * 86400) as bigint) as seconds,
                timestamp '{FIRST}' + cast(floor(random() * 3652 * 86400) as bigint) * interval 1 second as start_at
            from range({intervals})
        )""")
    con.execute("reset threads")


def alternate(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each round: one warm-up, then all in turn, so that a busy moment hits none alone."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        for name, run in runs.items():
            began = time.perf_counter()
            run()
            if turn:
                taken[name].append(time.perf_counter() - began)
    return taken


def ratio(taken: dict[str, list[float]], base: str) -> float:
    """Median over the rounds of working seconds / base: both of a round ran within the same moments."""
    pairs = zip(taken["working seconds"], taken[base], strict=True)
    return round(statistics.median(ours / theirs for ours, theirs in pairs), 3)


def due_query(starts: int) -> str:
    """Due instants of the first `starts` intervals, four working hours after their starts."""
    asked = f"(select calendar_hash, start_at, 14400 as limit_seconds from intervals limit {starts})"
    return f"select count(due_at) from ({SQL.business_due(asked, 'calendar_days', 'buckets')})"


def library(con: duckdb.DuckDBPyConnection, sample: int) -> dict[str, Any]:
    """The first calendar's intervals through a Python library that people know: its name, speed, equal answers.

    `businesstimedelta` when it is installed (it is not among our dependencies), else pandas' CustomBusinessHour.
    """
    calendar = Calendar.model_validate(CALENDARS[0])
    asked = con.execute(
        f"select v.start_at, v.end_at, {SQL.worked_before('v.end_at', 'd2')} - {SQL.worked_before('v.start_at', 'd1')}"
        f" {JOINS} where v.calendar_hash = ? limit {sample}",
        [calendar_hash(calendar)],
    ).fetchall()
    name, seconds_between = python_library(closures(calendar, FIRST.year, LAST.year))
    began = time.perf_counter()
    found = [seconds_between(start, end) for start, end, _ in asked]
    taken = time.perf_counter() - began
    equal = sum(mine == theirs for mine, (_, _, theirs) in zip(found, asked, strict=True))
    return {"name": name, "per_second": len(asked) / taken, "equal": equal / len(asked)}


def python_library(closed: dict[date, str]) -> tuple[str, Callable[[datetime, datetime], int]]:
    """(name and version, working seconds between two naive UTC instants) of Monday to Friday 08-12 and 13-18."""
    zone = ZoneInfo("America/Sao_Paulo")
    try:
        import businesstimedelta  # type: ignore[import-not-found]
        import pytz  # type: ignore[import-untyped]
    except ImportError:
        hours = [("08:00", "12:00"), ("13:00", "18:00")]
        # One offset for each half of the day: its stamps are the opening instants of the days in between.
        halves = [
            pd.offsets.CustomBusinessHour(start=opens, end=closes, holidays=list(closed)) for opens, closes in hours
        ]

        def with_pandas(start: datetime, end: datetime) -> int:
            begins, ends = (
                pd.Timestamp(moment, tz="UTC").tz_convert(zone).tz_localize(None) for moment in (start, end)
            )
            total = 0
            for half in halves:
                for stamp in pd.date_range(begins.normalize(), ends, freq=half):
                    until = stamp + pd.Timedelta(hours=1)
                    total += max(0, int((min(until, ends) - max(stamp, begins)).total_seconds()))
            return total

        return f"pandas {pd.__version__} CustomBusinessHour", with_pandas

    rules = [
        businesstimedelta.WorkDayRule(time_(8), time_(18), tz=pytz.timezone(zone.key)),
        businesstimedelta.LunchTimeRule(time_(12), time_(13), tz=pytz.timezone(zone.key)),
        businesstimedelta.HolidayRule(closed, tz=pytz.timezone(zone.key)),
    ]
    business = businesstimedelta.Rules(rules)

    def with_businesstimedelta(start: datetime, end: datetime) -> int:
        worked = business.difference(pytz.utc.localize(start), pytz.utc.localize(end))
        return int(worked.timedelta.total_seconds())

    return f"businesstimedelta {version('businesstimedelta')}", with_businesstimedelta


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return 1 when the promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--intervals", type=int, default=10_000_000)
    parser.add_argument("--starts", type=int, default=1_000_000, help="starts of the inverse look-up")
    parser.add_argument("--sample", type=int, default=300, help="intervals for the Python library")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with duckdb.connect() as con:
        prepare(con, options.intervals)
        runs = {name: (lambda query=query: con.execute(query).fetchall()) for name, query in QUERIES.items()}
        taken = alternate(runs, options.rounds)
        due = statistics.median(alternate({"due": lambda: con.execute(due_query(options.starts)).fetchall()}, 3)["due"])
        starts = min(options.starts, options.intervals)
        python = library(con, options.sample)
    seconds = {name: statistics.median(rounds) for name, rounds in taken.items()}
    ours = options.intervals / seconds["working seconds"]
    result = {
        "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "duckdb": duckdb.__version__,
        "intervals": options.intervals, "rounds": options.rounds,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "intervals_per_second": round(ours),
        "ratio": ratio(taken, "joins"),
        "ratio_count": ratio(taken, "joins, count(*)"),
        "ratio_one_column": ratio(taken, "joins, one column a side"),
        "due_per_second": round(starts / due),
        "library": {key: value if key == "name" else round(value, 2) for key, value in python.items()},
        "times_library": round(ours / python["per_second"]),
    }  # fmt: skip
    print(json.dumps(result, indent=2) if options.json else table(result))
    return 0 if result["ratio"] <= PROMISE else 1


def table(result: dict[str, Any]) -> str:
    """The figures for a person."""
    lines = [f"{result['intervals']:,} intervals, {len(CALENDARS)} calendars, {result['cores']} cores "
             f"(load {result['load']}), DuckDB {result['duckdb']}, median of {result['rounds']}"]  # fmt: skip
    lines += [f"  {name:<28}{value:8.3f} s" for name, value in result["seconds"].items()]
    kept = "kept" if result["ratio"] <= PROMISE else "NOT KEPT"
    lines += [
        f"  working seconds / joins = {result['ratio']:.2f} (promise: at most {PROMISE}, {kept})",
        f"  / joins with count(*) {result['ratio_count']:.2f}, / joins of one column a side {result['ratio_one_column']:.2f}",
        f"  {result['intervals_per_second']:,} intervals a second; due instants: {result['due_per_second']:,} a second",
        f"  {result['library']['name']}: {result['library']['per_second']:,} intervals a second "
        f"({result['library']['equal']:.0%} equal); ours is {result['times_library']:,} times as fast",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
