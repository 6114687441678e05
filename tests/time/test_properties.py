"""Calendar rows against the slow walk: hours with lunch, nights, zones, holidays, special days and absences."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from contract.calendar import ALWAYS_OPEN, build_calendar, calendar_hash
from contract.calendar_model import WEEKDAYS, Calendar
from contract.closures import closures
from tests.contract.working_time import TableClock, stretches
from tests.time.slow import AROUND, Rota, due, random_rota, worked

OFFICE = ((480, 720), (780, 1080))
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def clock(rota: Rota, around: date) -> TableClock:
    """The fast way: rows of the calendar some weeks around a day."""
    first, last = around - timedelta(days=4), around + timedelta(days=45)
    try:
        return TableClock(build_calendar(rota.calendar(), first, last, rota.absences))
    except ValueError as error:  # absences may cut a day into more parts than the table holds: an error, tested below
        assume("at most 4 fit; join the absences" not in str(error))
        raise


@st.composite
def situations(draw: st.DrawFn) -> tuple[Rota, date, list[datetime]]:
    """A rota and three ordered instants within its days."""
    around = draw(st.sampled_from(AROUND))
    rota = random_rota(random.Random(draw(st.integers(0, 2**32))), around)
    begins = datetime(around.year, around.month, around.day, tzinfo=UTC)
    offsets = draw(st.lists(st.integers(0, 8 * 86400), min_size=3, max_size=3))
    return rota, around, [begins + timedelta(seconds=second) for second in sorted(offsets)]


@SETTINGS
@given(situations())
def test_working_seconds_equal_the_slow_walk(situation: tuple[Rota, date, list[datetime]]) -> None:
    rota, around, (first, middle, last) = situation
    fast = clock(rota, around)
    assert fast.between(first, middle) == worked(rota, first, middle)
    assert fast.between(middle, last) == worked(rota, middle, last)
    # Additive; never negative, never more than the time that passes.
    assert fast.between(first, last) == fast.between(first, middle) + fast.between(middle, last)
    assert 0 <= fast.between(first, middle) <= (middle - first).total_seconds()


@SETTINGS
@given(situations(), st.integers(1, 60_000))
def test_due_is_the_first_instant_at_which_the_limit_is_worked(
    situation: tuple[Rota, date, list[datetime]], limit: int
) -> None:
    rota, around, (start, *_) = situation
    fast = clock(rota, around)
    found = fast.due(start, limit)
    assert found == due(rota, start, limit)
    assert fast.between(start, found) == limit
    assert fast.between(start, found - timedelta(seconds=1)) == limit - 1


def test_a_night_belongs_to_the_day_it_begins() -> None:
    nights = Rota("America/Sao_Paulo", (*[((1320, 1800),)] * 5, (), ()), closed=frozenset({date(2026, 3, 11)}))
    days = clock(nights, date(2026, 3, 9))

    def local(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-03-{text}-03:00")

    assert days.between(local("10T00:00"), local("11T00:00")) == 8 * 3600  # the end of Monday's, the start of Tuesday's
    assert days.between(local("11T00:00"), local("11T12:00")) == 6 * 3600  # Tuesday's goes on into the closed Wednesday
    assert days.between(local("11T12:00"), local("12T12:00")) == 0  # and Wednesday's does not take place
    assert days.between(local("14T00:00"), local("15T00:00")) == 6 * 3600  # Friday's ends on Saturday
    assert days.due(local("13T23:00"), 7 * 3600) == local("14T06:00")  # exactly at the end of the shift
    assert days.due(local("13T23:00"), 7 * 3600 + 1) == local("16T22:00:01")


@pytest.mark.parametrize(
    ("intervals", "words"),
    [
        (["18:00-08:00"], "ends before it starts; write the earlier time first"),
        (["08:00-08:00"], "ends before it starts"),
        (["22:00-06:00", "23:00-24:00"], "intervals overlap"),
        (["05:00-07:00", "22:00-06:00"], "22:00-06:00 of monday runs into 05:00-07:00 of tuesday"),
    ],
)
def test_nights_that_cannot_be_meant(intervals: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Calendar.model_validate(
            {"zone": "UTC", "hours": [{"days": list(WEEKDAYS), "intervals": intervals}]}
        )


def test_a_calendar_says_what_a_team_needs() -> None:
    """State and company holidays, lunch, Saturdays, and a zone of its own, in one calendar."""
    south = Calendar.model_validate(
        {
            "zone": "America/Sao_Paulo", "state": "SC", "optional_days_closed": ["carnival"],
            "hours": [{"days": list(WEEKDAYS[:5]), "intervals": ["08:30-12:00", "13:30-18:00"]},
                      {"days": ["saturday"], "intervals": ["09:00-12:00"]}],
            "closed_days": [{"date": "2026-06-05", "name": "Emenda"}],
            "special_hours": [{"date": "2026-12-31", "intervals": ["08:30-12:00"], "name": "Meio período"}],
        }
    )  # fmt: skip
    worked_on = {row["utc_date"]: row["working_seconds"] for row in build_calendar(south, date(2026, 1, 1), date(2026, 12, 31))}
    state = closures(south, 2026, 2026).keys() - closures(south.model_copy(update={"state": None}), 2026, 2026).keys()
    assert state and all(worked_on[day] == 0 for day in state)
    assert worked_on[date(2026, 6, 5)] == 0
    assert worked_on[date(2026, 2, 17)] == 0
    assert worked_on[date(2026, 3, 14)] == 3 * 3600
    assert worked_on[date(2026, 3, 13)] == 8 * 3600
    assert worked_on[date(2026, 12, 31)] == 3.5 * 3600


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def test_absences_of_a_calendar_that_never_closes() -> None:
    away = [(utc("2026-03-10T09:00:01"), utc("2026-03-10T10:00")), (utc("2026-03-10T09:30"), utc("2026-03-12T00:00"))]
    rows = build_calendar(ALWAYS_OPEN, date(2026, 3, 9), date(2026, 3, 12), away)
    assert [row["working_seconds"] for row in rows] == [86400, 9 * 3600 + 1, 0, 86400]
    assert stretches(rows[1]) == [(0, 9 * 3600 + 1)]
    assert TableClock(rows).due(utc("2026-03-10T09:00"), 2) == utc("2026-03-12T00:00:01")


def test_absences_change_the_hash_by_what_they_cover() -> None:
    calendar = Rota("America/Sao_Paulo", (OFFICE,) * 7).calendar()
    one = [(utc("2026-03-10T09:00"), utc("2026-03-12T00:00"))]
    two = [(utc("2026-03-11T00:00"), utc("2026-03-12T00:00")), (utc("2026-03-10T09:00"), utc("2026-03-11T00:00"))]
    assert calendar_hash(calendar, one) == calendar_hash(calendar, two) != calendar_hash(calendar)
    assert build_calendar(calendar, absences=one) == build_calendar(calendar, absences=two)


@pytest.mark.parametrize(
    ("absences", "words"),
    [
        ([(utc("2026-03-12T00:00"), utc("2026-03-12T00:00"))], "not after its start"),
        ([(datetime(2026, 3, 12), datetime(2026, 3, 13))], "with its zone"),
        (
            [(utc(f"2026-03-10T{hour:02d}:10"), utc(f"2026-03-10T{hour:02d}:20")) for hour in range(12, 17)],
            "2026-03-10 has .* working stretches in UTC, at most 4 fit; join the absences",
        ),
    ],
)
def test_absences_that_cannot_be_meant(absences: list[tuple[datetime, datetime]], words: str) -> None:
    calendar = Rota("America/Sao_Paulo", (OFFICE,) * 7).calendar()
    with pytest.raises(ValueError, match=words):
        build_calendar(calendar, date(2026, 3, 1), date(2026, 3, 31), absences)


def test_rows_do_not_depend_on_where_the_table_begins() -> None:
    rota = Rota("Europe/Lisbon", (((1320, 1800),),) * 7)
    whole = build_calendar(rota.calendar(), date(2024, 1, 1), date(2026, 12, 31))
    part = build_calendar(rota.calendar(), date(2025, 3, 1), date(2025, 11, 30))
    cut = [row for row in whole if part[0]["utc_date"] <= row["utc_date"] <= part[-1]["utc_date"]]
    before = cut[0]["cum_before"]
    assert [{**row, "cum_before": row["cum_before"] - before} for row in cut] == part
    for one, other in itertools.pairwise(part):
        assert other["cum_before"] == one["cum_before"] + one["working_seconds"]
