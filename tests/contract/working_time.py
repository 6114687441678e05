"""Two ways to measure working time: by the calendar table (as SQL reads it), and by walking minute by minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


class TableClock:
    """Working seconds and due instants by look-up in the rows of `build_calendar`."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.by_day = {row["utc_date"]: row for row in rows}

    def before(self, moment: datetime) -> int:
        """W(t): working seconds from the first row to the instant."""
        moment = moment.astimezone(UTC)
        row = self.by_day[moment.date()]
        second = moment.hour * 3600 + moment.minute * 60 + moment.second
        inside = sum(max(0, min(end, second) - start) for start, end in stretches(row))
        return int(row["cum_before"]) + inside

    def between(self, start: datetime, end: datetime) -> int:
        """Working seconds in [start, end)."""
        return self.before(end) - self.before(start)

    def due(self, start: datetime, seconds: int) -> datetime:
        """The first instant t with W(t) - W(start) >= seconds."""
        goal = self.before(start) + seconds
        row = next(row for row in self.rows if row["cum_before"] + row["working_seconds"] >= goal)
        missing = goal - row["cum_before"]
        for begins, ends in stretches(row):
            if missing <= ends - begins:
                day = row["utc_date"]
                return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
                    seconds=begins + missing
                )
            missing -= ends - begins
        raise AssertionError("cum_before and the intervals of a row disagree")


def stretches(row: dict[str, Any]) -> list[tuple[int, int]]:
    """The intervals of a row that exist."""
    return [
        (row[f"i{number}_start"], row[f"i{number}_end"])
        for number in range(1, 5)
        if row[f"i{number}_start"] is not None
    ]


def walk(start: datetime, end: datetime, zone: str, works: Callable[[date, int], bool]) -> int:
    """Working seconds in [start, end), minute by minute; `works(local day, minute of the day)` decides.

    Exact for zones whose offsets are whole minutes, and hours that start on whole minutes.
    """
    local = ZoneInfo(zone)
    first, last = int(start.timestamp()), int(end.timestamp())
    total = 0
    for minute in range(first - first % 60, last, 60):
        wall = datetime.fromtimestamp(minute, local)
        if works(wall.date(), wall.hour * 60 + wall.minute):
            total += min(last, minute + 60) - max(first, minute)
    return total


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (anonymous algorithm of Meeus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def brazil_holidays(year: int) -> set[date]:
    """The national holidays by law, without any library (contracts/brazil.md 7.1)."""
    fixed = [(1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (12, 25)]
    if year >= 2024:
        fixed.append((11, 20))
    return {date(year, month, day) for month, day in fixed} | {easter(year) - timedelta(days=2)}
