"""Working time and due instants in SQL, on both engines, against the published vectors and two slow walks.

Rule: contracts/brazil.md and design section 5. The calendar rows come from `contract.calendar` (tested there); here
the macros of `dbt_project/macros/business_time.sql` read them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from contract.calendar import build_calendar
from contract.calendar_model import Calendar
from tests.dbt.raw_fixture import run_dbt
from tests.time import slow

PROJECT = Path(__file__).parent / "business_time"
VECTORS = json.loads((Path(__file__).parents[1] / "contract" / "data" / "business_time_vectors.json").read_text())
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]
OPTIONAL = ["carnival", "corpus_christi"]
INTERVALS = [f"i{n}_{side}" for n in range(1, 5) for side in ("start", "end")]
TABLES = {
    "calendar": "calendar_hash text, utc_date date, "
    + ", ".join(f"{name} bigint" for name in INTERVALS)
    + ", cum_before bigint, working_seconds bigint",
    "elapsed": "vector_no bigint, calendar_hash text, start_at timestamp, end_at timestamp",
    "due": "calendar_hash text, start_at timestamp, limit_seconds bigint",
}
Rows = dict[str, list[tuple[Any, ...]]]


def calendar_rows(name: str, calendar: Calendar, first_year: int = 2018) -> list[tuple[Any, ...]]:
    """Rows of the calendar table up to 2026, by default all the vectors' years."""
    return table_rows(name, build_calendar(calendar, date(first_year, 1, 1), date(2026, 12, 31)))


def table_rows(name: str, days: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Rows of a calendar as the source table holds them."""
    return [
        (name, day["utc_date"], *(day[i] for i in INTERVALS), day["cum_before"], day["working_seconds"]) for day in days
    ]


def office(zone: str, optional: bool, intervals: list[str] | None = None) -> Calendar:
    """The vectors' calendar: Monday to Friday 08:00-18:00, national holidays."""
    return Calendar.model_validate(
        {
            "zone": zone,
            "optional_days_closed": OPTIONAL if optional else [],
            "hours": [{"days": WEEKDAYS, "intervals": intervals or ["08:00-18:00"]}],
        }
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def calendar_of(vector: dict[str, Any]) -> str:
    return f"{vector['time_zone']}|{vector['optional_points_closed']}"


def brute_force(rows: list[tuple[Any, ...]], start: datetime, limit: int) -> datetime:
    """First instant at which `limit` working seconds have passed, by walking the calendar's intervals."""
    left = limit
    for _, day, *cells in rows[(start.date() - rows[0][1]).days :]:
        midnight = datetime.combine(day, datetime.min.time())
        for begins, ends in zip(cells[0:8:2], cells[1:8:2], strict=True):
            if begins is None:
                continue
            opens, closes = midnight + timedelta(seconds=begins), midnight + timedelta(seconds=ends)
            here = (closes - max(opens, start)).total_seconds()
            if here <= 0:
                continue
            if left <= here:
                return max(opens, start) + timedelta(seconds=left)
            left -= int(here)
    raise AssertionError("beyond the calendar")


@dataclass(frozen=True)
class Random:
    """A random calendar, three ordered instants on it and two limits, for the slow walk to judge."""

    name: str
    rota: slow.Rota
    moments: tuple[datetime, datetime, datetime]
    limits: tuple[int, int]

    def rows(self) -> list[tuple[Any, ...]]:
        """Rows of the calendar table some weeks around the instants."""
        first = self.moments[0].date() - timedelta(days=20)
        days = build_calendar(self.rota.calendar(), first, first + timedelta(days=70), self.rota.absences)
        return table_rows(self.name, days)


@lru_cache(maxsize=1)
def slow_answers() -> dict[str, tuple[int, int, list[datetime]]]:
    """By random calendar: working seconds of its two parts, and the due instants of its limits (naive UTC)."""
    answers = {}
    for case in random_cases():
        first, middle, last = case.moments
        dues = [slow.due(case.rota, first, limit).replace(tzinfo=None) for limit in case.limits]
        answers[case.name] = slow.worked(case.rota, first, middle), slow.worked(case.rota, middle, last), dues
    return answers


@lru_cache(maxsize=1)
def random_cases() -> list[Random]:
    """40 calendars with nights, zones, clock changes, holidays, special days and absences (seeded)."""
    dice = random.Random(11)
    cases: list[Random] = []
    while len(cases) < 40:
        around = dice.choice(slow.AROUND)
        rota = slow.random_rota(dice, around)
        begins = datetime(around.year, around.month, around.day, tzinfo=UTC)
        first, middle, last = sorted(begins + timedelta(seconds=dice.randrange(5 * 86400)) for _ in range(3))
        case = Random(f"random {len(cases)}", rota, (first, middle, last), (dice.randrange(1, 10_000), 28_800))
        try:
            case.rows()
        except ValueError:  # the absences cut a day into more parts than the table holds
            continue
        cases.append(case)
    return cases


def inputs() -> Rows:
    """The vectors, 300 random starts on a calendar with lunch and holidays, and 40 random calendars (seeded)."""
    cases = VECTORS["elapsed"] + VECTORS["due"]
    calendars = {calendar_of(v): office(v["time_zone"], v["optional_points_closed"]) for v in cases}
    lunch = office("America/Sao_Paulo", False, ["08:00-12:00", "13:00-18:00"])
    rows: Rows = {"calendar": [], "elapsed": [], "due": []}
    for name, calendar in calendars.items():
        rows["calendar"] += calendar_rows(name, calendar)
    rows["calendar"] += calendar_rows("lunch", lunch, 2025)
    for number, v in enumerate(VECTORS["elapsed"]):
        rows["elapsed"].append((number, calendar_of(v), utc(v["start"]), utc(v["end"])))
    due = {(calendar_of(v), utc(v["start"]), v["business_minutes"] * 60) for v in VECTORS["due"]}
    dice = random.Random(7)
    for _ in range(300):
        start = datetime(2025, 1, 1) + timedelta(seconds=dice.randrange(22 * 30 * 86400))
        due.add(("lunch", start, dice.choice([1, 300, 600, 7200, 14400, 32400, 32401, 200_000])))
    for number, case in enumerate(random_cases()):
        rows["calendar"] += case.rows()
        first, middle, last = (moment.replace(tzinfo=None) for moment in case.moments)
        for part, (start, end) in enumerate([(first, middle), (middle, last), (first, last)]):
            rows["elapsed"].append((1000 + 10 * number + part, case.name, start, end))
        due |= {(case.name, first, limit) for limit in case.limits}
    rows["due"] = sorted(due)
    return rows


@pytest.fixture(scope="module")
def vectors() -> Rows:
    return inputs()


def load_duckdb(path: Path, rows: Rows) -> None:
    """Create the source tables of the small project and fill them (through a frame: row by row takes a minute)."""
    with duckdb.connect(str(path)) as con:
        con.execute("create schema vectors")
        for table, columns in TABLES.items():
            con.execute(f"create table vectors.{table} ({columns})")
            con.register("frame", pd.DataFrame(rows[table]).astype(object))
            types = [c.rsplit(" ", 1)[1] for c in columns.split(", ")]
            cells = ", ".join(f'cast("{n}" as {kind})' for n, kind in enumerate(types))
            con.execute(f"insert into vectors.{table} select {cells} from frame")


def load_postgres(dsn: str, rows: Rows) -> None:
    """The same for PostgreSQL."""
    import psycopg

    with psycopg.connect(dsn) as con:
        con.execute("create schema vectors")
        for table, columns in TABLES.items():
            con.execute(f"create table vectors.{table} ({columns})")
            with con.cursor().copy(f"copy vectors.{table} from stdin") as copy:
                for row in rows[table]:
                    copy.write_row(row)


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def answers(
    request: pytest.FixtureRequest, vectors: Rows, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """Rows of the models elapsed and due on one engine."""
    home = tmp_path_factory.mktemp(request.param)
    queries = {
        "elapsed": "select vector_no, seconds from staging.elapsed",
        "due": "select calendar_hash, start_at, limit_seconds, due_at from staging.due",
    }
    if request.param == "duckdb":
        path = home / "business_time.duckdb"
        load_duckdb(path, vectors)
        run_dbt(["run"], home, database=path, project=PROJECT)
        with duckdb.connect(str(path), read_only=True) as con:
            yield {name: con.execute(query).fetchall() for name, query in queries.items()}
        return
    import psycopg

    from tests.support.postgres import dbt_env, scratch_database

    with scratch_database() as dsn:
        load_postgres(dsn, vectors)
        run_dbt(["run", "--target", "postgres"], home, project=PROJECT, **dbt_env(dsn))
        with psycopg.connect(dsn) as con:
            yield {name: con.execute(query).fetchall() for name, query in queries.items()}


def test_working_time_of_the_vectors(answers: dict[str, list[tuple[Any, ...]]]) -> None:
    found = dict(answers["elapsed"])
    for number, vector in enumerate(VECTORS["elapsed"]):
        assert found[number] == vector["business_minutes"] * 60, vector["note"]


def test_due_instants_of_the_vectors(answers: dict[str, list[tuple[Any, ...]]]) -> None:
    found = {(name, start, limit): due for name, start, limit, due in answers["due"]}
    for vector in VECTORS["due"]:
        key = (calendar_of(vector), utc(vector["start"]), vector["business_minutes"] * 60)
        assert found[key] == utc(vector["due"]), vector["note"]


def test_due_is_the_first_instant_at_which_the_limit_is_worked(
    answers: dict[str, list[tuple[Any, ...]]], vectors: Rows
) -> None:
    lunch = [row for row in vectors["calendar"] if row[0] == "lunch"]
    found = {(name, start, limit): due for name, start, limit, due in answers["due"]}
    asked = [row for row in vectors["due"] if row[0] == "lunch"]
    assert len(asked) == 300
    for name, start, limit in asked:
        assert found[name, start, limit] == brute_force(lunch, start, limit)


def test_random_calendars_equal_the_slow_walk(answers: dict[str, list[tuple[Any, ...]]]) -> None:
    found = dict(answers["elapsed"])
    dues = {(name, start, limit): due for name, start, limit, due in answers["due"]}
    for number, case in enumerate(random_cases()):
        one, other, both = (found[1000 + 10 * number + part] for part in range(3))
        first, second, expected_dues = slow_answers()[case.name]
        assert (one, other, both) == (first, second, first + second), case
        start = case.moments[0].replace(tzinfo=None)
        assert [dues[case.name, start, limit] for limit in case.limits] == expected_dues, case


def test_working_time_is_a_whole_number(answers: dict[str, list[tuple[Any, ...]]], vectors: Rows) -> None:
    assert len(answers["elapsed"]) == len(vectors["elapsed"])
    assert all(isinstance(seconds, int) and seconds >= 0 for _, seconds in answers["elapsed"])
