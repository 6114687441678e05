"""Which working time counts for whom: by version, team, seller and absence (ISSUE rules V4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sandbox.company.constants import COMPANY_CLOSED_DAYS
from sandbox.company.terms import CALENDARS, Absence, Terms, WorkCalendar
from sandbox.truth.agreement import ZONE, Agreement, local_midnight, naive
from sandbox.truth.business_time import MIDNIGHT, Calendar, Interval, is_holiday, is_optional_day_off

# State holidays that are no national ones: Paraná has none by law (19 December is a day off of the public service).
_STATE_DAYS: Mapping[str, frozenset[tuple[int, int]]] = {"PR": frozenset()}
_ALWAYS = Calendar({day: ((MIDNIGHT, MIDNIGHT),) for day in range(7)}, ZONE, lambda day: False)


def built(plan: WorkCalendar) -> Calendar:
    """The calendar of a plan: national and state holidays and the company's own closed days are off."""

    def closed(day: date) -> bool:
        own = (day.month, day.day) in COMPANY_CLOSED_DAYS or (day.month, day.day) in _STATE_DAYS.get(
            plan.state or "", ()
        )
        return is_holiday(day) or own or (plan.optional_days and is_optional_day_off(day))

    hours = {
        day: tuple((time(*opens), time(*closes)) for opens, closes in pairs)
        for day, pairs in plan.hours.items()
    }
    return Calendar(hours, ZONE, closed)


def company_calendar(name: str = "matriz") -> Calendar:
    """One of the company's calendars by name."""
    return built(CALENDARS[name])


def away(absence: Absence) -> Interval:
    """[since, until) of an absence; given as dates, the last day is included."""
    since, until = absence.since, absence.until
    return (
        naive(since) if isinstance(since, datetime) else local_midnight(since),
        naive(until) if isinstance(until, datetime) else local_midnight(until + timedelta(days=1)),
    )


@dataclass(frozen=True)
class Clock:
    """How one limit is counted: `runs` decides when it runs out, `works` counts the working seconds beside it."""

    limit: int
    runs: Calendar | None  # None: plain seconds
    works: Calendar

    def due(self, start: datetime) -> datetime:
        """When the limit has passed since `start`."""
        return (
            start + timedelta(seconds=self.limit) if self.runs is None else self.runs.due(start, self.limit)
        )


@dataclass
class Calendars:
    """The calendars of one company. `sellers`: CRM user id -> (e-mail in lower case, team name or None)."""

    agreement: Agreement
    sellers: Mapping[str, tuple[str, str | None]]
    _known: dict[tuple[str, str], Calendar] = field(default_factory=dict)

    def name_for(self, terms: Terms, user_id: str | None) -> str:
        """Seller before team before default; nobody in charge: the default."""
        email, team = self.sellers.get(user_id or "", ("", None))
        by_seller, by_team = terms.calendar_by_seller or {}, terms.calendar_by_team or {}
        return by_seller.get(email) or by_team.get(team or "") or terms.calendar

    def _cached(self, name: str, email: str) -> Calendar:
        key = name, email
        if key not in self._known:
            base = _ALWAYS if name == "always" else company_calendar(name)
            absences = [away(absence) for absence in self.agreement.absences if absence.seller == email]
            self._known[key] = replace(base, absences=absences, _days={}) if absences else base
        return self._known[key]

    def of(self, terms: Terms, user_id: str | None) -> Calendar:
        """The working time of whoever is in charge, absences included in it."""
        return self._cached(self.name_for(terms, user_id), "")

    def clock(
        self, terms: Terms, limit: int, kind: str, user_id: str | None = None, pause: bool = False
    ) -> Clock:
        """The clock of a clause: `kind` business or elapsed, of the seller (None: of the company); with `pause` the
        time that the seller is away does not count."""
        email = self.sellers.get(user_id or "", ("", None))[0]
        gone = email if pause and any(a.seller == email for a in self.agreement.absences) else ""
        works = self._cached(self.name_for(terms, user_id), gone)
        if kind == "business":
            return Clock(limit, works, works)
        return Clock(limit, self._cached("always", gone) if gone else None, works)
