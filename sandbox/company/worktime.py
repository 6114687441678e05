"""Working time of the company as its people live it: instants are epoch seconds (float, UTC).

The simulator uses a fixed offset of -03:00: São Paulo has had no daylight saving since 2019, and simulated
histories lie after that. (The truth has its own, independent implementation over zoneinfo.)
"""

import bisect
from datetime import UTC, date, datetime, timedelta

from sandbox.company.constants import BUSINESS_HOURS, COMPANY_CLOSED_DAYS

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


class WorkTime:
    """Working intervals of a span of time, for questions about working seconds."""

    def __init__(self, start: float, end: float) -> None:
        self._opens: list[float] = []
        self._closes: list[float] = []
        self._before: list[float] = []  # working seconds before each interval
        total, day, last = 0.0, local_day(start), local_day(end)
        closed = {y: holidays(y) for y in range(day.year, last.year + 1)}
        while day <= last:
            if day.weekday() < 5 and day not in closed[day.year]:
                midnight = local_midnight(day)
                for opens, closes in BUSINESS_HOURS:
                    self._opens.append(midnight + opens)
                    self._closes.append(midnight + closes)
                    self._before.append(total)
                    total += closes - opens
            day += timedelta(days=1)

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
