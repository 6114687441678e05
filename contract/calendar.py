"""The business calendar as a table: working seconds by UTC day, daylight saving already solved.

An instant is working time exactly when the clock on the wall of the calendar's zone reads a working time of that
local day. On days when the clock jumps this is decided second by second: a stretch that does not exist locally has
no seconds, one that happens twice counts twice. A shift over midnight belongs to the day on which it begins: when
that day is closed the shift does not take place, when only the next one is, it does.

SQL needs no zone: working seconds in [a, b) = W(b) - W(a), where W(t) = cum_before of t's UTC day plus the part of
its intervals before t.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date
from typing import Any

from contract.calendar_model import WEEKDAYS, Calendar
from contract.closures import closures
from contract.fields import DAY_SECONDS
from contract.hashing import content_hash
from contract.stretches import Absence, Stretch, joined, offsets, to_utc, without

FIRST_DAY = date(2015, 1, 1)
LAST_DAY = date(2035, 12, 31)
MAX_INTERVALS = 4
# The calendar that never closes: minus somebody's absences it counts plain seconds that person was there.
ALWAYS_OPEN = Calendar.model_validate(
    {"zone": "UTC", "public_holidays": False, "hours": [{"days": WEEKDAYS, "intervals": ["00:00-24:00"]}]}
)


def build_calendar(
    calendar: Calendar, start: date = FIRST_DAY, end: date = LAST_DAY, absences: Sequence[Absence] = ()
) -> list[dict[str, Any]]:
    """One row per UTC day from start to end (inclusive): `utc_date, i1_start … i4_end, cum_before, working_seconds`.

    Interval ends are exclusive, in seconds after 00:00 UTC; `cum_before` counts working seconds from `start` to the
    beginning of the day. `absences`: instants [from, until) in which nobody works; they may overlap. Raises ValueError
    when a UTC day needs more than four intervals, or an absence is not a stretch of whole seconds with its zone.
    """
    working = without(working_stretches(calendar, start, end), absences)
    rows: list[dict[str, Any]] = []
    total = 0
    stretches = iter(working)
    begins, ends = next(stretches, (0, 0))  # (0, 0): nothing more to come
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        midnight, tomorrow = ordinal * DAY_SECONDS, (ordinal + 1) * DAY_SECONDS
        cells: list[int | None] = []
        worked = 0
        while begins < ends and begins < tomorrow:
            stop = min(ends, tomorrow)
            cells += (begins - midnight, stop - midnight)
            worked += stop - begins
            begins, ends = (stop, ends) if stop < ends else next(stretches, (0, 0))
        if len(cells) > 2 * MAX_INTERVALS:
            raise ValueError(_too_many(date.fromordinal(ordinal), len(cells) // 2, bool(absences)))
        cells += [None] * (2 * MAX_INTERVALS - len(cells))
        i1_start, i1_end, i2_start, i2_end, i3_start, i3_end, i4_start, i4_end = cells
        rows.append(
            {
                "utc_date": date.fromordinal(ordinal),
                "i1_start": i1_start, "i1_end": i1_end, "i2_start": i2_start, "i2_end": i2_end,
                "i3_start": i3_start, "i3_end": i3_end, "i4_start": i4_start, "i4_end": i4_end,
                "cum_before": total, "working_seconds": worked,
            }
        )  # fmt: skip
        total += worked
    return rows


def working_stretches(calendar: Calendar, start: date = FIRST_DAY, end: date = LAST_DAY) -> list[Stretch]:
    """Working stretches of the UTC days start..end on the line of UTC seconds, ordered, apart and clipped to them."""
    first, last = start.toordinal(), end.toordinal()
    # Local days that these UTC days can touch: one more on each side, and before it the start of a night shift.
    wall = joined(sorted(_wall_stretches(calendar, first - 2, last + 1)))
    return to_utc(wall, offsets(calendar.zone, first, last))


def calendar_hash(calendar: Calendar, absences: Sequence[Absence] = ()) -> str:
    """Hash of everything that decides working time from 2015 to 2035, the holidays of the library included.

    With absences: their union, so that neither order nor overlap matters.
    """
    closed = closures(calendar, FIRST_DAY.year - 1, LAST_DAY.year + 1)
    content: dict[str, Any] = {
        "calendar": calendar.model_dump(mode="json"),
        "closed": sorted(day.isoformat() for day in closed),
    }
    if absences:
        ordered = sorted((start.astimezone(UTC), until.astimezone(UTC)) for start, until in absences)
        instants = [(int(start.timestamp()), int(until.timestamp())) for start, until in ordered]
        content["absences"] = joined(instants)
    return content_hash(content)


def _wall_stretches(calendar: Calendar, first: int, last: int) -> Iterator[Stretch]:
    """Stretches of the local days first..last (ordinals): special hours; else none when closed; else the week's."""
    week = [()] * 7  # type: list[tuple[Stretch, ...]]
    for block in calendar.hours:
        for name in block.days:
            week[WEEKDAYS.index(name)] = block.intervals
    years = date.fromordinal(first).year, date.fromordinal(last).year
    closed = {day.toordinal() for day in closures(calendar, *years)}
    special = {entry.date.toordinal(): entry.intervals for entry in calendar.special_hours}
    for ordinal in range(first, last + 1):
        if ordinal in special:
            stretches = special[ordinal]
        elif ordinal in closed:
            continue
        else:
            stretches = week[(ordinal - 1) % 7]  # 0001-01-01, ordinal 1, was a Monday
        midnight = ordinal * DAY_SECONDS
        for begins, ends in stretches:
            yield midnight + begins, midnight + ends


def _too_many(day: date, count: int, has_absences: bool) -> str:
    remedy = "; join the absences of that day into one" if has_absences else ""
    return f"{day} has {count} working stretches in UTC, at most {MAX_INTERVALS} fit{remedy}"
