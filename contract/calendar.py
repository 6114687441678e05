"""The business calendar as a table: working seconds by UTC day, daylight saving already solved.

An instant is working time exactly when the clock on the wall of the calendar's zone reads a working time of that
local day. On days when the clock jumps this is decided second by second: a stretch that does not exist locally has
no seconds, one that happens twice counts twice.

SQL needs no zone: working seconds in [a, b) = W(b) - W(a), where W(t) = cum_before of t's UTC day plus the part of
its intervals before t.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contract.calendar_model import WEEKDAYS, Calendar
from contract.closures import closures
from contract.fields import DAY_SECONDS
from contract.hashing import content_hash

FIRST_DAY = date(2015, 1, 1)
LAST_DAY = date(2035, 12, 31)
MAX_INTERVALS = 4

Interval = tuple[int, int]


class WorkingDays:
    """Working stretches of local days, in seconds after local 00:00."""

    def __init__(self, calendar: Calendar, first_year: int, last_year: int) -> None:
        self._week: dict[int, tuple[Interval, ...]] = {
            WEEKDAYS.index(day): block.intervals for block in calendar.hours for day in block.days
        }
        self._closed = closures(calendar, first_year, last_year)
        self._special = {entry.date: entry.intervals for entry in calendar.special_hours}

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """Special hours of the day; else nothing when it is closed; else the hours of its day of the week."""
        if day in self._special:
            return self._special[day]
        return () if day in self._closed else self._week.get(day.weekday(), ())


def build_calendar(calendar: Calendar, start: date = FIRST_DAY, end: date = LAST_DAY) -> list[dict[str, Any]]:
    """One row per UTC day from start to end (inclusive): `utc_date, i1_start … i4_end, cum_before, working_seconds`.

    Interval ends are exclusive, in seconds after 00:00 UTC; `cum_before` counts working seconds from `start` to the
    beginning of the day. Raises ValueError when a UTC day needs more than four intervals.
    """
    days = WorkingDays(calendar, start.year - 1, end.year + 1)
    zone = ZoneInfo(calendar.zone)
    rows: list[dict[str, Any]] = []
    total = 0
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        day = date.fromordinal(ordinal)
        stretches = _utc_intervals(day, days, zone)
        if len(stretches) > MAX_INTERVALS:
            raise ValueError(
                f"{day} has {len(stretches)} working stretches in UTC, at most {MAX_INTERVALS} fit"
            )
        row: dict[str, Any] = {"utc_date": day}
        for number in range(MAX_INTERVALS):
            begins, ends = stretches[number] if number < len(stretches) else (None, None)
            row[f"i{number + 1}_start"], row[f"i{number + 1}_end"] = begins, ends
        working = sum(ends - begins for begins, ends in stretches)
        rows.append({**row, "cum_before": total, "working_seconds": working})
        total += working
    return rows


def calendar_hash(calendar: Calendar) -> str:
    """Hash of everything that decides working time from 2015 to 2035, the holidays of the library included."""
    closed = closures(calendar, FIRST_DAY.year - 1, LAST_DAY.year + 1)
    return content_hash(
        {"calendar": calendar.model_dump(mode="json"), "closed": sorted(day.isoformat() for day in closed)}
    )


def _utc_intervals(day: date, days: WorkingDays, zone: ZoneInfo) -> list[Interval]:
    merged: list[Interval] = []
    for begins, ends, offset in _offset_segments(day, zone):
        for interval in _local_to_utc(day, begins, ends, offset, days):
            if merged and merged[-1][1] == interval[0]:
                merged[-1] = (merged[-1][0], interval[1])
            else:
                merged.append(interval)
    return merged


def _offset_segments(day: date, zone: ZoneInfo) -> list[tuple[int, int, int]]:
    """Parts of a UTC day with one offset each: (start, end, offset), all in seconds.

    Zones change their offset at most once within a day (two changes a day exist in no zone since 1970).
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)

    def offset_at(second: int) -> int:
        offset = (midnight + timedelta(seconds=second)).astimezone(zone).utcoffset()
        assert offset is not None
        return int(offset.total_seconds())

    first, last = offset_at(0), offset_at(DAY_SECONDS - 1)
    if first == last:
        return [(0, DAY_SECONDS, first)]
    low, high = 0, DAY_SECONDS - 1  # offset_at(low) is the old one, offset_at(high) the new one
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset_at(middle) == first else (low, middle)
    return [(0, high, first), (high, DAY_SECONDS, last)]


def _local_to_utc(day: date, begins: int, ends: int, offset: int, days: WorkingDays) -> list[Interval]:
    found: list[Interval] = []
    for shift in (-1, 0, 1):  # local days that a UTC day can touch
        base = shift * DAY_SECONDS - offset  # local 00:00 of that day, in seconds after 00:00 UTC
        for start, end in days.intervals(day + timedelta(days=shift)):
            clipped = max(begins, base + start), min(ends, base + end)
            if clipped[0] < clipped[1]:
                found.append(clipped)
    return sorted(found)
