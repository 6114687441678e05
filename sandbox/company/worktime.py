"""Working time of the company as its people live it: instants are epoch seconds (float, UTC).

The simulator uses a fixed offset of -03:00: São Paulo has had no daylight saving since 2019, and simulated
histories lie after that. (The truth has its own, independent implementation over zoneinfo.)
"""

import bisect
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from sandbox.company.constants import COMPANY_CLOSED_DAYS
from sandbox.company.terms import ABSENCES, CALENDARS, VERSIONS, Absence, WorkCalendar

LOCAL_OFFSET = -3 * 3600
DAY = 86400.0


def moment(t: float) -> datetime:
    """Epoch seconds as an aware UTC datetime, rounded to milliseconds."""
    return datetime.fromtimestamp(round(t, 3), UTC)


def local_day(t: float) -> date:
    """The local calendar date of an instant."""
    return datetime.fromtimestamp(t + LOCAL_OFFSET, UTC).date()


def local_midnight(day: date) -> float:
    """Epoch seconds of 00:00 local on `day`."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() - LOCAL_OFFSET


def easter(year: int) -> date:
    """Easter Sunday (anonymous Gregorian algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int) -> set[date]:
    """The ten national holidays and the company's own closed days."""
    fixed = [(1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (11, 20), (12, 25)]
    days = {date(year, month, day) for month, day in (*fixed, *COMPANY_CLOSED_DAYS)}
    return days | {easter(year) - timedelta(days=2)}


def optional_days(year: int) -> set[date]:
    """Carnival Monday and Tuesday, Corpus Christi."""
    return {easter(year) + timedelta(days=n) for n in (-48, -47, 60)}


def plan_of(day: date, email: str = "", team: str = "") -> WorkCalendar:
    """The working hours that the agreement of that day gives a seller: own before team before company."""
    begun = [terms for terms in VERSIONS if terms.effective_from.timestamp() <= local_midnight(day)]
    terms = begun[-1] if begun else VERSIONS[0]
    own, of_team = terms.calendar_by_seller or {}, terms.calendar_by_team or {}
    return CALENDARS[own.get(email) or of_team.get(team) or terms.calendar]


def away(absence: Absence) -> tuple[float, float]:
    """[since, until) of an absence; given as dates, the last day is included."""
    since, until = absence.since, absence.until
    return (
        since.timestamp() if isinstance(since, datetime) else local_midnight(since),
        until.timestamp() if isinstance(until, datetime) else local_midnight(until + timedelta(days=1)),
    )


def absences_of(email: str) -> list[tuple[float, float]]:
    """When the seller is away."""
    return sorted(away(absence) for absence in ABSENCES if absence.seller == email)


class WorkTime:
    """Working intervals of a span of time, for questions about working seconds.

    `plan`: the hours of a local day; `absences`: stretches [since, until) in which the person does not work.
    """

    def __init__(
        self,
        start: float,
        end: float,
        plan: Callable[[date], WorkCalendar] = lambda day: CALENDARS["matriz"],
        absences: Sequence[tuple[float, float]] = (),
    ) -> None:
        self.absences = absences
        self._opens: list[float] = []
        self._closes: list[float] = []
        self._before: list[float] = []  # working seconds before each interval
        total, day, last = 0.0, local_day(start), local_day(end)
        years = range(day.year, last.year + 1)
        closed, optional = {y: holidays(y) for y in years}, {y: optional_days(y) for y in years}
        while day <= last:
            hours = plan(day)
            if day not in closed[day.year] and not (hours.optional_days and day in optional[day.year]):
                midnight = local_midnight(day)
                for (hour, minute), (until_hour, until_minute) in hours.hours.get(day.weekday(), ()):
                    opens, closes = midnight + hour * 3600 + minute * 60, midnight + until_hour * 3600 + until_minute * 60
                    for one, two in self._present(opens, closes):
                        self._opens.append(one)
                        self._closes.append(two)
                        self._before.append(total)
                        total += two - one
            day += timedelta(days=1)

    def _present(self, opens: float, closes: float) -> list[tuple[float, float]]:
        """The interval without the absences."""
        pieces = [(opens, closes)]
        for since, until in self.absences:
            cut = [half for a, b in pieces for half in ((a, min(b, since)), (max(a, until), b))]
            pieces = [(a, b) for a, b in cut if a < b]
        return pieces

    def is_away(self, t: float) -> bool:
        """Whether the person is absent at this instant."""
        return any(since <= t < until for since, until in self.absences)

    def is_open(self, t: float) -> bool:
        """Whether the company works at this instant."""
        at = bisect.bisect_right(self._opens, t) - 1
        return at >= 0 and t < self._closes[at]

    def worked(self, t: float) -> float:
        """Working seconds from the beginning of the span to `t`."""
        at = bisect.bisect_right(self._opens, t) - 1
        if at < 0:
            return 0.0
        return self._before[at] + min(t, self._closes[at]) - self._opens[at]

    def add(self, t: float, seconds: float) -> float:
        """The instant at which `seconds` of work have passed since `t` (the end of the span at the latest)."""
        goal = self.worked(t) + seconds
        at = bisect.bisect_right(self._before, goal) - 1
        found = self._opens[max(at, 0)] + goal - self._before[max(at, 0)]
        return max(found, t)

    def next_open(self, t: float) -> float:
        """`t` itself when the company works, else the next opening."""
        if self.is_open(t):
            return t
        at = bisect.bisect_right(self._opens, t)
        return self._opens[at] if at < len(self._opens) else t
