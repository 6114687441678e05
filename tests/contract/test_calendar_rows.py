"""Whose calendar holds, calendars minus absences, and local months."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.agreement import Agreement
from contract.calendar import ALWAYS_OPEN, build_calendar, calendar_hash
from contract.exceptions import Absence, Away, resolve
from contract.rows.calendars import CalendarTables, calendar_tables, month_rows
from contract.signed import Agreement as AgreementOf
from tests.contract.full_sample import FULL, SELLER
from tests.contract.samples import GOOD, load, second_version
from tests.contract.working_time import TableClock


@pytest.fixture(scope="module")
def agreement(tmp_path_factory: pytest.TempPathFactory) -> Agreement:
    return load(tmp_path_factory.mktemp("full"), a=FULL)


@pytest.fixture(scope="module")
def tables(agreement: Agreement) -> CalendarTables:
    return calendar_tables(agreement)


def clock_of(tables: CalendarTables, fingerprint: str) -> TableClock:
    """The clock of one calendar."""
    return TableClock([row for row in tables.calendar_days if row["calendar_hash"] == fingerprint])


def test_who_works_by_which_calendar(agreement: Agreement, tables: CalendarTables) -> None:
    version = agreement.versions[0]
    matriz, sul = version.calendar_hash, calendar_hash(version.team_calendars["Sul"])
    assert matriz != sul and set(version.calendar_hashes) == {matriz, sul}
    assert [tuple(row.values()) for row in tables.calendar_assignments] == [
        ("v1", "default", None, matriz),
        ("v1", "team", "Sul", sul),
        ("v1", "seller", SELLER, sul),
    ]
    bases = [row["base_calendar_hash"] for row in tables.calendar_absences]
    assert bases == [matriz, sul, "elapsed"] and {r["seller_email"] for r in tables.calendar_absences} == {
        SELLER
    }
    known = {row["calendar_hash"] for row in tables.calendar_days}
    assert known == {matriz, sul, *(row["calendar_hash"] for row in tables.calendar_absences)}
    days = [row["utc_date"] for row in tables.calendar_days if row["calendar_hash"] == matriz]
    assert (min(days), max(days)) == (date(2015, 1, 1), date(2035, 12, 31))
    away = tables.calendar_absences[0]["calendar_hash"]
    days = [row["utc_date"] for row in tables.calendar_days if row["calendar_hash"] == away]
    assert (min(days), max(days)) == (date(2025, 1, 1), date(2031, 12, 31))


def test_absent_days_do_not_count(agreement: Agreement, tables: CalendarTables) -> None:
    base = clock_of(tables, agreement.versions[0].calendar_hash)
    gone = {row["base_calendar_hash"]: row["calendar_hash"] for row in tables.calendar_absences}
    minus = clock_of(tables, gone[agreement.versions[0].calendar_hash])
    start, end = datetime(2026, 2, 27, 12, tzinfo=UTC), datetime(2026, 3, 12, 12, tzinfo=UTC)
    assert base.between(start, end) - minus.between(start, end) == (5 * 9 + 2) * 3600
    # Monday 12:00, lunch of an absent day: the five minutes pass on the first morning back.
    due = minus.due(datetime(2026, 3, 2, 15, tzinfo=UTC), 300)
    assert due == datetime(2026, 3, 9, 11, 5, tzinfo=UTC)
    plain = clock_of(tables, gone["elapsed"])
    assert plain.due(datetime(2026, 3, 1, 3, tzinfo=UTC), 2 * 86400) == datetime(2026, 3, 8, 3, tzinfo=UTC)
    assert plain.between(start, end) == (end - start).total_seconds() - 5 * 86400 - 2 * 3600


def test_nothing_is_subtracted_where_no_clock_pauses(tmp_path: Path) -> None:
    silent = calendar_tables(
        load(tmp_path, a=FULL.replace("absent: true", "absent: false").replace("sul}}", "sul}}"))
    )
    assert silent.calendar_absences == []
    assert len({row["calendar_hash"] for row in silent.calendar_days}) == 2


moments = st.integers(0, 30 * 24 * 60 - 1).map(
    lambda m: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=m)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    periods=st.lists(st.tuples(moments, moments).filter(lambda p: p[0] < p[1]), min_size=1, max_size=2),
    span=st.tuples(moments, moments).map(sorted),
    always=st.booleans(),
)
def test_what_is_missing_is_the_absence(
    agreement: Agreement, periods: list[tuple[datetime, datetime]], span: list[datetime], always: bool
) -> None:
    """W of the base less W minus absences = working time inside their union, for any span of time."""
    calendar = ALWAYS_OPEN if always else agreement.versions[0].calendar
    days = date(2026, 2, 27), date(2026, 4, 2)
    base = TableClock(build_calendar(calendar, *days))
    minus = TableClock(build_calendar(calendar, *days, absences=periods))
    start, end = span
    covered = 0
    edges = sorted({start, end, *(edge for period in periods for edge in period if start < edge < end)})
    for left, right in itertools.pairwise(edges):
        if any(since <= left and right <= until for since, until in periods):
            covered += base.between(left, right)
    assert base.between(start, end) - minus.between(start, end) == covered


def test_months_are_local_and_have_the_version_in_force_when_they_begin(tmp_path: Path) -> None:
    other = second_version({"calendar: matriz": "calendar: manaus"}, since="2026-07-02")
    manaus = "calendars:\n  manaus:\n    zone: America/Manaus\n    hours: [{days: [monday], intervals: ['08:00-12:00']}]\n"
    rows = {row["month"]: row for row in month_rows(load(tmp_path, a=GOOD, b=other, c=manaus))}
    assert min(rows) == "2026-01" and max(rows) == "2040-12" and len(rows) == 15 * 12
    july: dict[str, Any] = {
        "agreement_version": "v1", "calendar_zone": "America/Sao_Paulo", "month": "2026-07",
        "starts_at": datetime(2026, 7, 1, 3), "ends_at": datetime(2026, 8, 1, 3),
    }  # fmt: skip
    assert rows["2026-07"] == july
    assert rows["2026-08"]["agreement_version"] == "v2"
    assert rows["2026-12"]["ends_at"] == datetime(2027, 1, 1, 4)  # four hours behind in Manaus


def test_months_follow_the_clock_changes(agreement: Agreement) -> None:
    early = agreement.versions[0].terms.model_copy(
        update={"effective_from": datetime(2018, 1, 1, 2, tzinfo=UTC)}
    )
    version = type(agreement.versions[0])(early, agreement.versions[0].calendar)
    rows = {row["month"]: row for row in month_rows(AgreementOf((version,)))}
    assert rows["2018-11"]["starts_at"] == datetime(2018, 11, 1, 3)  # summer time began on the 4th
    assert rows["2018-11"]["ends_at"] == datetime(2018, 12, 1, 2)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-03-02", "2026-03-02", (datetime(2026, 3, 2, 3), datetime(2026, 3, 3, 3))),
        ("2026-03-02T13:00:00-03:00", "2026-03-02", (datetime(2026, 3, 2, 16), datetime(2026, 3, 3, 3))),
        (
            "2026-03-02T13:00:00-03:00",
            "2026-03-02T17:00:00Z",
            (datetime(2026, 3, 2, 16), datetime(2026, 3, 2, 17)),
        ),
        # Summer time: the day of the change has 23 hours.
        ("2018-11-04", "2018-11-04", (datetime(2018, 11, 4, 3), datetime(2018, 11, 5, 2))),
    ],
)
def test_days_of_absence_are_local(since: str, until: str, expected: tuple[datetime, datetime]) -> None:
    absence = Absence.model_validate({"seller": SELLER, "from": since, "until": until, "reason": "férias"})
    away = resolve(absence, "America/Sao_Paulo")
    starts, ends = (moment.replace(tzinfo=UTC) for moment in expected)
    assert away == Away(SELLER, starts, ends, "férias")
