"""Working time, the slow and obvious way: walk over local days and ask zoneinfo for every opening and closing.

Nothing here is shared with the simulator or with the product. Instants are naive UTC datetimes, as in the marts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Interval = tuple[datetime, datetime]


def _easter(year: int) -> date:
    """Easter Sunday by Gauss's method in the form of Lilius and Clavius."""
    golden = year % 19 + 1
    century = year // 100 + 1
    skipped = 3 * century // 4 - 12
    moon = (8 * century + 5) // 25 - 5
    sunday = 5 * year // 4 - skipped - 10
    epact = (11 * golden + 20 + moon - skipped) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    full = 44 - epact
    if full < 21:
        full += 30
    full += 7 - (sunday + full) % 7
    return date(year, 3, 1) + timedelta(days=full - 1)


def is_holiday(day: date) -> bool:
    """The ten national holidays; 20 November from 2024 on."""
    fixed = {(1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (12, 25)}
    if day.year >= 2024:
        fixed.add((11, 20))
    return (day.month, day.day) in fixed or day == _easter(day.year) - timedelta(days=2)


def is_optional_day_off(day: date) -> bool:
    """Carnival Monday and Tuesday, Corpus Christi."""
    return (day - _easter(day.year)).days in (-48, -47, 60)


Hours = Sequence[tuple[time, time]]
MIDNIGHT = time(0)


def _without(interval: Interval, absence: Interval) -> list[Interval]:
    """What is left of the interval: nothing, one piece or two."""
    opens, closes = interval
    pieces = [(opens, min(closes, absence[0])), (max(opens, absence[1]), closes)]
    return [(one, two) for one, two in pieces if one < two]


@dataclass
class Calendar:
    """Opening hours (local), zone, and which days are closed beside weekends.

    `hours`: of every day from Monday to Friday, or by weekday (0 = Monday). An interval that closes at 00:00 closes at
    the following midnight. `absences` (naive UTC, [since, until)) are cut out of the working time.
    """

    hours: Hours | Mapping[int, Hours]
    zone: ZoneInfo
    closed: Callable[[date], bool]
    absences: Sequence[Interval] = ()
    _days: dict[date, list[Interval]] = field(default_factory=dict)

    def intervals(self, day: date) -> list[Interval]:
        """The working intervals of a local day as naive UTC instants (remembered: days are asked for often)."""
        known = self._days.get(day)
        if known is None:
            known = [] if self.closed(day) else [self._interval(day, *pair) for pair in self._hours_of(day)]
            for absence in self.absences:
                known = [rest for interval in known for rest in _without(interval, absence)]
            self._days[day] = known
        return known

    def _hours_of(self, day: date) -> Hours:
        if isinstance(self.hours, Mapping):
            return self.hours.get(day.weekday(), ())
        return self.hours if day.weekday() < 5 else ()

    def _interval(self, day: date, opens: time, closes: time) -> Interval:
        last = day + timedelta(days=1) if closes == MIDNIGHT else day
        return self._utc(day, opens), self._utc(last, closes)

    def _utc(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC).replace(tzinfo=None)

    def _walk(self, start: datetime) -> Iterator[Interval]:
        """Working intervals from the local day of `start` on."""
        day = start.replace(tzinfo=UTC).astimezone(self.zone).date() - timedelta(days=1)
        for _ in range(4000):
            yield from self.intervals(day)
            day += timedelta(days=1)
        raise ValueError(f"no working time within ten years of {start}: check the calendar")

    def seconds(self, start: datetime, end: datetime) -> int:
        """Working seconds in [start, end)."""
        total = timedelta(0)
        if end <= start:
            return 0
        for opens, closes in self._walk(start):
            if opens >= end:
                break
            total += max(timedelta(0), min(closes, end) - max(opens, start))
        return int(total.total_seconds())

    def due(self, start: datetime, limit: int) -> datetime:
        """The first instant at which `limit` working seconds have passed since `start`."""
        left = timedelta(seconds=limit)
        if not left:
            return start
        for opens, closes in self._walk(start):
            if closes <= start:
                continue
            begin = max(opens, start)
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
        raise AssertionError("unreachable: _walk raises before")
