"""Stretches of time on one line of whole seconds: wall clock to UTC, union, and what is left without absences.

A stretch is (start, end), end exclusive. UTC stretches count seconds from `ordinal(0001-01-01) * 86400`, the same
number that `date.toordinal()` gives; wall stretches are the same line as the clock on the wall reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from contract.fields import DAY_SECONDS

Stretch = tuple[int, int]
Absence = tuple[datetime, datetime]

_EPOCH = date(1970, 1, 1).toordinal() * DAY_SECONDS


def second_of(moment: datetime) -> int:
    """Place of an instant on the line of UTC seconds. Raises ValueError without a zone or with a fraction."""
    if moment.tzinfo is None or moment.microsecond:
        raise ValueError(f"{moment.isoformat()} must be an instant with its zone, in whole seconds")
    return _EPOCH + int(moment.astimezone(UTC).timestamp())


@lru_cache(maxsize=64)
def offsets(zone: str, first: int, last: int) -> tuple[tuple[int, int, int], ...]:
    """Parts (start, end, offset) of the UTC days first..last (ordinals, inclusive) with one offset each, in seconds.

    Zones change their offset at most once within a UTC day (two changes a day exist in no zone since 1970).
    """
    local = ZoneInfo(zone)

    def offset_at(second: int) -> int:
        offset = datetime.fromtimestamp(second - _EPOCH, local).utcoffset()
        assert offset is not None
        return int(offset.total_seconds())

    parts: list[tuple[int, int, int]] = []
    begins = first * DAY_SECONDS
    now = offset_at(begins)
    for day in range(first, last + 1):
        low, high = day * DAY_SECONDS, (day + 1) * DAY_SECONDS
        after = offset_at(high)
        if after == now:
            continue
        while high - low > 1:  # offset_at(low) is the old one, offset_at(high) the new one
            middle = (low + high) // 2
            low, high = (middle, high) if offset_at(middle) == now else (low, middle)
        parts.append((begins, high, now))
        begins, now = high, after
    return (*parts, (begins, (last + 1) * DAY_SECONDS, now))


def to_utc(wall: Sequence[Stretch], parts: Sequence[tuple[int, int, int]]) -> list[Stretch]:
    """UTC stretches at which the wall reads a time of `wall` (ordered), joined where they touch.

    Where the clock jumps this holds second by second: a wall time that never was has no seconds, one that happened
    twice counts twice.
    """
    found: list[Stretch] = []
    nearby = 0  # stretches before this one end before the part in hand, even if the clock goes back by a day
    for begins, ends, offset in parts:
        while nearby < len(wall) and wall[nearby][1] <= begins + offset - DAY_SECONDS:
            nearby += 1
        for index in range(nearby, len(wall)):
            start, end = wall[index]
            if start - offset >= ends:
                break
            clipped = max(begins, start - offset), min(ends, end - offset)
            if clipped[0] < clipped[1]:
                found.append(clipped)
    return joined(found)


def joined(ordered: Iterable[Stretch]) -> list[Stretch]:
    """The union of stretches that are ordered by their starts: none of the result overlap or touch."""
    merged: list[Stretch] = []
    for start, end in ordered:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def without(working: Sequence[Stretch], absences: Iterable[Absence]) -> list[Stretch]:
    """What is left of the (joined) stretches outside the absences: UTC instants [from, until), in any order.

    Raises ValueError when an absence ends before it starts, lacks a zone or is not in whole seconds.
    """
    away: list[Stretch] = []
    for start, until in absences:
        if until <= start:
            raise ValueError(f"an absence from {start.isoformat()} ends at {until.isoformat()}, not after its start")
        away.append((second_of(start), second_of(until)))
    gaps = joined(sorted(away))
    return list(_outside(working, gaps)) if gaps else list(working)


def _outside(working: Sequence[Stretch], gaps: Sequence[Stretch]) -> Iterator[Stretch]:
    first = 0
    for start, end in working:
        while first < len(gaps) and gaps[first][1] <= start:
            first += 1
        at = first
        while start < end:
            leaves = gaps[at][0] if at < len(gaps) else end
            if start < leaves:
                yield start, min(end, leaves)
            start = gaps[at][1] if at < len(gaps) else end
            at += 1
