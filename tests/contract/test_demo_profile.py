"""The demo company's profile says what the sandbox's company does (`sandbox.company.terms`), number by number."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.agreement import Agreement, load_agreement
from contract.calendar import build_calendar
from contract.calendar_model import WEEKDAYS, Calendar
from contract.clauses import CaptureCompleteness, Monthly, ResponseClock
from sandbox.company import constants, terms

DEMO = Path(__file__).parents[2] / "profiles" / "demo" / "agreement"


@pytest.fixture(scope="module")
def demo() -> Agreement:
    return load_agreement(DEMO)


def test_versions_and_their_clauses(demo: Agreement) -> None:
    assert [(v.version, v.effective_from) for v in demo.versions] == [
        (v.name, v.effective_from) for v in terms.VERSIONS
    ]
    for signed, expected in zip(demo.versions, terms.VERSIONS, strict=True):
        version = signed.terms
        assert [clock_of(clock) for clock in version.response_clocks] == list(expected.clocks), expected.name
        cadence, wanted = version.cadence, expected.cadence
        assert cadence is not None
        assert (cadence.steps, cadence.within, cadence.clock, cadence.min_spacing, cadence.spacing_clock) == (
            wanted.steps, wanted.within, wanted.clock, wanted.min_spacing, wanted.spacing_clock,
        )  # fmt: skip
        assert cadence.applies_to == wanted.applies_to
        monthly = {clause.id: promise_of(clause) for clause in version.clauses if isinstance(clause, Monthly)}
        assert monthly == {promise.id: promise for promise in expected.commitments}, expected.name
        assert version.owner is not None and version.owner.within == expected.owner_within
        assert version.give_back is not None and version.give_back.except_reasons == expected.give_back_exempt
        assert version.rating is not None and version.rating.within == expected.rating_within
        assert version.rating.fallback_without_instant == "rated"
        assert version.nurture_return is not None and version.nurture_return.within == expected.nurture_within


def test_criteria_and_hot_leads(demo: Agreement) -> None:
    for signed, expected in zip(demo.versions, terms.VERSIONS, strict=True):
        criteria = signed.terms.qualification.mql.criteria
        rules = {
            (
                item.rule.kind,
                item.rule.minimum if item.rule.minimum is not None else frozenset(item.rule.values),
            )
            for item in criteria
            if item.rule is not None
        }
        assert rules == {
            (kind, frozenset(value) if isinstance(value, tuple) else value)
            for kind, value in expected.mql_rules
        }, expected.name
        hot = signed.terms.hot_when
        assert (hot.conversions, hot.within_days, hot.interest_at_least) == (
            expected.hot_conversions, expected.hot_within_days, expected.hot_interest,
        )  # fmt: skip


def test_calendars(demo: Agreement) -> None:
    for signed, expected in zip(demo.versions, terms.VERSIONS, strict=True):
        same_days(signed.calendar, terms.CALENDARS[expected.calendar])
        for mine, theirs in (
            (signed.team_calendars, expected.calendar_by_team),
            (signed.seller_calendars, expected.calendar_by_seller),
        ):
            assert mine.keys() == (theirs or {}).keys(), expected.name
            for key, name in (theirs or {}).items():
                same_days(mine[key], terms.CALENDARS[name])


def test_absences_and_waivers(demo: Agreement) -> None:
    assert [(away.seller, away.from_at, away.until_at, away.reason) for away in demo.absences] == sorted(
        (item.seller, instant(item.since), instant(item.until, last=True), item.reason)
        for item in terms.ABSENCES
    )
    assert [
        (item.id, item.clause, item.reason, item.handoff, item.seller, item.from_at, item.until_at)
        for item in demo.waivers
    ] == [
        (item.id, item.clause, item.reason, item.handoff, item.seller, item.since, item.until)
        for item in terms.WAIVERS
    ]


def clock_of(clock: ResponseClock) -> terms.ResponseClock:
    return terms.ResponseClock(
        clock.id, clock.applies_to, clock.clock, clock.limit, clock.temperature, clock.pause_when_owner_absent
    )


def promise_of(clause: Monthly) -> terms.Commitment:
    fields, forms = (clause.fields, clause.forms) if isinstance(clause, CaptureCompleteness) else ((), ())
    return terms.Commitment(clause.id, clause.area, clause.figure, clause.at_least, fields, forms)


def same_days(mine: Calendar, theirs: terms.WorkCalendar) -> None:
    """The same week, and the same days closed in a year that has all the days that differ."""
    week = {
        WEEKDAYS.index(day): tuple((seconds(a), seconds(b)) for a, b in block.intervals)
        for block in mine.hours
        for day in block.days
    }
    assert week == theirs.hours
    assert (mine.zone, mine.state) == (constants.TIME_ZONE, theirs.state)
    assert {day.day for day in mine.closed_every_year} == set(constants.COMPANY_CLOSED_DAYS)
    rows = build_calendar(mine, date(2026, 1, 1), date(2026, 12, 31))
    open_days = {row["utc_date"] for row in rows if row["working_seconds"]}
    carnival = {date(2026, 2, 16), date(2026, 2, 17), date(2026, 6, 4)}
    assert (open_days & carnival == set()) is theirs.optional_days


def seconds(second: int) -> tuple[int, int]:
    return second // 3600, second % 3600 // 60


def instant(value: Any, last: bool = False) -> datetime:
    """The company's midnight is 03:00 UTC; the last day of an absence counts whole."""
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, 3, tzinfo=UTC) + timedelta(days=int(last))
