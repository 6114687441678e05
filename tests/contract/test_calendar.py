"""The calendar table against the vectors, the clock changes of São Paulo and a slow independent walk."""

from __future__ import annotations

import csv
import itertools
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.calendar import build_calendar, calendar_hash
from contract.calendar_model import WEEKDAYS, Calendar
from contract.closures import closures, public_holidays
from tests.contract.working_time import TableClock, brazil_holidays, stretches, walk

DATA = Path(__file__).parent / "data"
VECTORS = json.loads((DATA / "business_time_vectors.json").read_text(encoding="utf-8"))
WEEK = list(WEEKDAYS[:5])


def calendar(**changes: Any) -> Calendar:
    """Monday to Friday 08:00-18:00 in São Paulo, unless the test says other."""
    base: dict[str, Any] = {
        "zone": "America/Sao_Paulo",
        "hours": [{"days": WEEK, "intervals": ["08:00-18:00"]}],
    }
    return Calendar.model_validate({**base, **changes})


def vector_clock(vector: dict[str, Any]) -> TableClock:
    """The calendar of a vector, built around the days it needs."""
    closed = ["carnival", "corpus_christi"] if vector["optional_points_closed"] else []
    rows = build_calendar(
        calendar(zone=vector["time_zone"], optional_days_closed=closed),
        datetime.fromisoformat(vector["start"]).date() - timedelta(days=2),
        datetime.fromisoformat(vector["start"]).date() + timedelta(days=20),
    )
    return TableClock(rows)


@pytest.mark.parametrize("vector", VECTORS["elapsed"], ids=lambda vector: vector["note"])
def test_working_time_vectors(vector: dict[str, Any]) -> None:
    start, end = (datetime.fromisoformat(vector[key]) for key in ("start", "end"))
    assert vector_clock(vector).between(start, end) == vector["business_minutes"] * 60


@pytest.mark.parametrize("vector", VECTORS["due"], ids=lambda vector: vector["note"])
def test_due_instant_vectors(vector: dict[str, Any]) -> None:
    due = vector_clock(vector).due(datetime.fromisoformat(vector["start"]), vector["business_minutes"] * 60)
    assert due == datetime.fromisoformat(vector["due"])


def test_national_holidays_equal_the_law() -> None:
    with (DATA / "national_holidays_2024_2027.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["category"] == "national_holiday"]
    expected = {date.fromisoformat(row["date"]): row["name_pt"] for row in rows}
    found = public_holidays(calendar(), 2024, 2027)
    assert found.keys() == expected.keys()
    assert found[date(2026, 9, 7)] == "Independência do Brasil"
    for year in range(2015, 2036):
        assert public_holidays(calendar(), year, year).keys() == brazil_holidays(year), year


def test_state_holidays_are_added() -> None:
    extra = public_holidays(calendar(state="SP"), 2026, 2026).keys() - brazil_holidays(2026)
    assert extra == {date(2026, 7, 9)}


def test_order_of_rules_special_hours_open_days_closures() -> None:
    special = calendar(
        closed_every_year=[{"day": "12-24", "name": "Véspera"}, {"day": "02-29", "name": "Bissexto"}],
        closed_days=[{"date": "2026-02-16", "name": "Carnaval"}],
        open_days=[{"date": "2026-04-21", "name": "Plantão"}],
        special_hours=[
            {"date": "2026-12-24", "intervals": ["08:00-12:00"], "name": "Meio período"},
            {"date": "2026-03-14", "intervals": ["09:00-10:00"], "name": "Sábado de inventário"},
        ],
    )
    seconds = {
        row["utc_date"]: row["working_seconds"]
        for row in build_calendar(special, date(2026, 1, 1), date(2026, 12, 31))
    }
    assert seconds[date(2026, 2, 16)] == 0
    assert seconds[date(2026, 4, 21)] == 10 * 3600  # Tiradentes, worked
    assert seconds[date(2026, 12, 24)] == 4 * 3600  # closed every year, but this year half a day
    assert seconds[date(2026, 3, 14)] == 3600
    assert date(2028, 2, 29) in closures(special, 2027, 2028)
    assert date(2027, 3, 1) not in closures(special, 2027, 2028)


NIGHT = [{"days": list(WEEKDAYS), "intervals": ["00:00-02:00", "22:00-24:00"]}]


@pytest.mark.parametrize(
    ("local_day", "seconds"),
    [
        # 2018-11-04: 00:00 became 01:00. Of 00:00-02:00 one hour is left.
        (date(2018, 11, 4), 3 * 3600),
        # 2019-02-16: 23:00-24:00 happened twice. 22:00-24:00 had three hours.
        (date(2019, 2, 16), 5 * 3600),
        (date(2019, 2, 13), 4 * 3600),
    ],
)
def test_clock_changes_of_sao_paulo(local_day: date, seconds: int) -> None:
    night = calendar(hours=NIGHT, public_holidays=False)
    clock = TableClock(build_calendar(night, local_day - timedelta(days=3), local_day + timedelta(days=3)))
    edges = {
        date(2018, 11, 4): ("2018-11-04T03:00:00+00:00", "2018-11-05T02:00:00+00:00"),
        date(2019, 2, 16): ("2019-02-16T02:00:00+00:00", "2019-02-17T03:00:00+00:00"),
        date(2019, 2, 13): ("2019-02-13T02:00:00+00:00", "2019-02-14T02:00:00+00:00"),
    }
    start, end = (datetime.fromisoformat(text) for text in edges[local_day])
    assert clock.between(start, end) == seconds


def test_wall_times_that_never_or_twice_existed() -> None:
    """Each instant of the vector file counts exactly when the wall reads a working time."""
    night = calendar(hours=NIGHT, public_holidays=False)
    clock = TableClock(build_calendar(night, date(2017, 1, 1), date(2019, 12, 31)))
    with (DATA / "sao_paulo_wall_times.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            for fold in ("utc_with_fold_0", "utc_with_fold_1"):
                moment = datetime.fromisoformat(row[fold])
                if moment.year <= 2019:
                    expected = walk(moment, moment + timedelta(minutes=1), "America/Sao_Paulo", _night_works)
                    assert clock.between(moment, moment + timedelta(minutes=1)) == expected, row


def _night_works(day: date, minute: int) -> bool:
    return minute < 120 or minute >= 22 * 60


ZONES = st.sampled_from(
    [
        "America/Sao_Paulo",
        "America/Manaus",
        "America/Noronha",
        "Europe/Lisbon",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "UTC",
    ]
)


@st.composite
def day_hours(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Up to three stretches of one day, in minutes, ordered and apart."""
    cuts = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=6)))
    cuts = cuts[: len(cuts) // 2 * 2]
    return list(zip(cuts[::2], cuts[1::2], strict=True))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    zone=ZONES,
    hours=day_hours(),
    days=st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    closed=st.sets(st.integers(0, 20), max_size=4),
    around=st.sampled_from(
        [date(2018, 10, 30), date(2019, 2, 10), date(2026, 3, 24), date(2026, 10, 20), date(2024, 2, 20)]
    ),
    offset=st.integers(0, 10 * 86400),
    length=st.integers(0, 4 * 86400),
)
def test_table_equals_the_slow_walk(
    zone: str,
    hours: list[tuple[int, int]],
    days: set[str],
    closed: set[int],
    around: date,
    offset: int,
    length: int,
) -> None:
    off = {around + timedelta(days=number) for number in closed}
    made = calendar(
        zone=zone,
        public_holidays=False,
        hours=[{"days": sorted(days), "intervals": [f"{_hm(start)}-{_hm(end)}" for start, end in hours]}],
        closed_days=[{"date": str(day), "name": "fechado"} for day in off],
    )
    rows = build_calendar(made, around - timedelta(days=5), around + timedelta(days=25))
    clock = TableClock(rows)
    start = datetime(around.year, around.month, around.day, tzinfo=UTC) + timedelta(seconds=offset)
    end = start + timedelta(seconds=length)
    week = {WEEKDAYS.index(day) for day in days}  # type: ignore[arg-type]

    def works(day: date, minute: int) -> bool:
        return (
            day not in off and day.weekday() in week and any(begin <= minute < stop for begin, stop in hours)
        )

    slow = walk(start, end, zone, works)
    assert clock.between(start, end) == slow
    if slow:
        due = clock.due(start, slow)
        assert clock.between(start, due) == slow
        assert clock.between(start, due - timedelta(seconds=1)) == slow - 1
        assert due <= end
    for row in rows:
        parts = stretches(row)
        assert all(0 <= begins < ends <= 86400 for begins, ends in parts)
        assert all(before[1] < after[0] for before, after in itertools.pairwise(parts))
        assert row["working_seconds"] == sum(ends - begins for begins, ends in parts)


def _hm(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def test_round_the_clock_is_one_stretch_a_day() -> None:
    always = calendar(public_holidays=False, hours=[{"days": list(WEEKDAYS), "intervals": ["00:00-24:00"]}])
    rows = build_calendar(always, date(2018, 11, 1), date(2019, 3, 1))
    assert {(row["i1_start"], row["i1_end"], row["i2_start"]) for row in rows} == {(0, 86400, None)}


def test_whole_table_is_gapless_and_cumulative() -> None:
    rows = build_calendar(calendar())
    assert (rows[0]["utc_date"], rows[-1]["utc_date"]) == (date(2015, 1, 1), date(2035, 12, 31))
    for before, after in itertools.pairwise(rows):
        assert after["utc_date"] == before["utc_date"] + timedelta(days=1)
        assert after["cum_before"] == before["cum_before"] + before["working_seconds"]


def test_more_stretches_than_the_table_holds_is_an_error() -> None:
    # 23:xx local stretches of one day and early ones of the next fall on one UTC day.
    hours = [
        {"days": ["monday"], "intervals": ["21:10-21:20", "21:30-21:40", "21:50-22:00"]},
        {"days": ["tuesday"], "intervals": ["08:00-09:00", "10:00-11:00", "12:00-13:00"]},
    ]
    with pytest.raises(ValueError, match="6 working stretches"):
        build_calendar(calendar(hours=hours), date(2026, 3, 1), date(2026, 3, 31))


def test_hash_follows_content_not_layout() -> None:
    assert calendar_hash(calendar()) == calendar_hash(calendar(country="BR", state=None))
    changed = [
        calendar(zone="America/Manaus"),
        calendar(closed_days=[{"date": "2026-02-16", "name": "Carnaval"}]),
        calendar(state="SP"),
        calendar(hours=[{"days": WEEK, "intervals": ["08:00-17:00"]}]),
    ]
    hashes = {calendar_hash(item) for item in [calendar(), *changed]}
    assert len(hashes) == 5
