"""Rows of working time: whose calendar holds, calendars minus absences, the days of each, and local months."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from contract.calendar import ALWAYS_OPEN, FIRST_DAY, LAST_DAY, build_calendar, calendar_hash
from contract.calendar_model import Calendar
from contract.clauses import ResponseClock
from contract.signed import Agreement, SignedVersion
from contract.stretches import Absence

Rows = list[dict[str, Any]]
ELAPSED = "elapsed"  # in place of a hash: plain time, of which nothing is missing but absences
# How long a calendar minus absences goes on after the last of them. Whoever keeps absences at all adds the next
# ones long before; a clock beyond it is not judgeable, like one beyond the base calendar.
_YEARS_AFTER = 5
FIRST_MONTH, LAST_MONTH = (2015, 1), (2040, 12)


@dataclass(frozen=True)
class CalendarTables:
    """The tables about working time."""

    calendar_assignments: Rows = field(default_factory=list)
    calendar_absences: Rows = field(default_factory=list)
    calendar_days: Rows = field(default_factory=list)


def calendar_tables(agreement: Agreement) -> CalendarTables:
    """Who works by which calendar in each version, the same minus absences, and the days of all of them.

    A calendar minus absences exists only where a version in which it holds lets a clock pause, from the year before
    that version until five years after its last absence: there is one for each absent seller, so days count.
    """
    tables = CalendarTables()
    laid_out: dict[str, tuple[Calendar, date, date, tuple[Absence, ...]]] = {}
    for version in agreement.versions:
        for scope, key, calendar in _assigned(version):
            fingerprint = calendar_hash(calendar)
            laid_out[fingerprint] = calendar, FIRST_DAY, LAST_DAY, ()
            tables.calendar_assignments.append(
                {
                    "agreement_version": version.version,
                    "scope": scope,
                    "key": key,
                    "calendar_hash": fingerprint,
                }
            )
    for seller, periods in _periods(agreement).items():
        last_away = max(until for _, until in periods)
        for base, (calendar, first_day) in _paused(agreement, seller).items():
            fingerprint = calendar_hash(calendar, periods)
            last_day = date(max(first_day.year, last_away.year) + _YEARS_AFTER, 12, 31)
            laid_out[fingerprint] = calendar, first_day, min(LAST_DAY, last_day), periods
            tables.calendar_absences.append(
                {"seller_email": seller, "base_calendar_hash": base, "calendar_hash": fingerprint}
            )
    for fingerprint, (calendar, first_day, last_day, periods) in laid_out.items():
        for day in build_calendar(calendar, first_day, last_day, periods):
            day["calendar_hash"] = fingerprint
            tables.calendar_days.append(day)
    return tables


def month_rows(agreement: Agreement) -> Rows:
    """One row per local month that begins while a version is in force: its name and its instants [starts, ends).

    The month is local to the default calendar of that version.
    """
    newest_first = [(version, ZoneInfo(version.calendar.zone)) for version in reversed(agreement.versions)]
    rows: Rows = []
    for year, month in _months():
        for version, zone in newest_first:
            starts = datetime(year, month, 1, tzinfo=zone)
            if version.effective_from <= starts:
                ends = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
                rows.append(
                    {
                        "agreement_version": version.version,
                        "calendar_zone": zone.key,
                        "month": f"{year}-{month:02d}",
                        "starts_at": starts.astimezone(UTC).replace(tzinfo=None),
                        "ends_at": ends.astimezone(UTC).replace(tzinfo=None),
                    }
                )
                break
    return rows


def _months() -> Iterable[tuple[int, int]]:
    (first_year, first_month), (last_year, last_month) = FIRST_MONTH, LAST_MONTH
    for number in range(first_year * 12 + first_month - 1, last_year * 12 + last_month):
        yield number // 12, number % 12 + 1


def _assigned(version: SignedVersion) -> Iterator[tuple[str, str | None, Calendar]]:
    yield "default", None, version.calendar
    yield from (("team", team, calendar) for team, calendar in version.team_calendars.items())
    yield from (("seller", seller, calendar) for seller, calendar in version.seller_calendars.items())


def _periods(agreement: Agreement) -> dict[str, tuple[Absence, ...]]:
    periods: dict[str, tuple[Absence, ...]] = {}
    for away in agreement.absences:
        periods[away.seller] = (*periods.get(away.seller, ()), (away.from_at, away.until_at))
    return periods


def _paused(agreement: Agreement, seller: str) -> dict[str, tuple[Calendar, date]]:
    """Calendars from which this seller's absences are taken, by hash, each with the first day that may matter.

    Any team may be the seller's. A start that is known as an interval may lie before the version: a year is ample.
    """
    found: dict[str, tuple[Calendar, date]] = {}
    for version in agreement.versions:
        pausing = [
            clause
            for clause in version.terms.clauses
            if isinstance(clause, ResponseClock) and clause.pause_when_owner_absent
        ]
        if not pausing:
            continue
        first_day = max(FIRST_DAY, date(version.effective_from.year - 1, 1, 1))
        for scope, key, calendar in _assigned(version):
            if scope != "seller" or key == seller:
                found.setdefault(calendar_hash(calendar), (calendar, first_day))
        if any(clause.clock == "elapsed" for clause in pausing):
            found.setdefault(ELAPSED, (ALWAYS_OPEN, first_day))
    return found
