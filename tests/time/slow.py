"""Working time the slow way, to judge the fast one by: no calendar table, no sums of days, no library of holidays.

A `Rota` says in plain values what a calendar says in YAML. Time is walked minute by minute: the clock on the wall of
the zone is read, and the rota is asked whether that is a working minute. Absences are cut out to the second.
Exact for zones whose offsets are whole minutes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from contract.calendar_model import WEEKDAYS, Calendar
from tests.contract.working_time import brazil_holidays

DAY = 1440
Minutes = tuple[tuple[int, int], ...]
# Zones with and without clock changes, half-hour and quarter-hour offsets, and half-hour clock changes (Lord Howe).
ZONES = (
    "America/Sao_Paulo", "America/Noronha", "America/Manaus", "Europe/Lisbon", "Asia/Kolkata", "Asia/Kathmandu",
    "Australia/Lord_Howe", "America/St_Johns", "UTC",
)  # fmt: skip
# Around clock changes of those zones, holidays (national and of SP), a leap day and a year's end.
AROUND = (
    date(2018, 10, 30), date(2019, 2, 11), date(2019, 3, 26), date(2024, 2, 25), date(2024, 12, 28), date(2026, 3, 24),
    date(2026, 3, 30), date(2026, 4, 17), date(2026, 7, 5), date(2026, 10, 20), date(2026, 11, 16),
)  # fmt: skip


@dataclass(frozen=True)
class Rota:
    """Working minutes by day of the week (0 = Monday); a stretch may end after 1440: a shift over midnight."""

    zone: str
    week: tuple[Minutes, ...]
    holidays: bool = False
    state: str | None = None
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()
    special: tuple[tuple[date, Minutes], ...] = ()
    absences: tuple[tuple[datetime, datetime], ...] = ()

    def calendar(self) -> Calendar:
        """The same as a person writes it in the agreement."""
        content: dict[str, Any] = {
            "zone": self.zone,
            "state": self.state,
            "public_holidays": self.holidays,
            "hours": [
                {"days": [WEEKDAYS[number]], "intervals": [_text(part) for part in parts]}
                for number, parts in enumerate(self.week)
                if parts
            ],
            "closed_days": [{"date": str(day), "name": "fechado"} for day in sorted(self.closed)],
            "open_days": [{"date": str(day), "name": "aberto"} for day in sorted(self.opened)],
            "special_hours": [
                {"date": str(day), "name": "outro horário", "intervals": [_text(part) for part in parts]}
                for day, parts in self.special
            ],
        }
        return Calendar.model_validate(content)

    def stretches(self, day: date) -> Minutes:
        """Working minutes that begin on a local day."""
        for special, parts in self.special:
            if special == day:
                return parts
        shut = day in self.closed or (self.holidays and day in _holidays(day.year, self.state))
        return () if shut and day not in self.opened else self.week[day.weekday()]

    def works(self, wall: datetime) -> bool:
        """Whether the clock on the wall reads a working minute: of its own day, or of the night before."""
        minute = wall.hour * 60 + wall.minute
        today = any(begins <= minute < ends for begins, ends in self.stretches(wall.date()))
        night = self.stretches(wall.date() - timedelta(days=1))
        return today or any(begins <= minute + DAY < ends for begins, ends in night)


@lru_cache
def _holidays(year: int, state: str | None) -> frozenset[date]:
    # São Paulo's own holiday; other states are not used here.
    assert state in (None, "SP")
    return frozenset(brazil_holidays(year) | ({date(year, 7, 9)} if state else set()))


def _text(part: tuple[int, int]) -> str:
    start, end = part
    shown = (start, end - DAY if end > DAY else end)
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in shown)


def pieces(rota: Rota, start: datetime) -> Iterator[tuple[int, int]]:
    """Working parts of at most a minute from `start` on, without end: (from, until) in seconds since 1970."""
    zone = ZoneInfo(rota.zone)
    away = [(int(begins.timestamp()), int(until.timestamp())) for begins, until in rota.absences]
    first = int(start.timestamp())
    minute = first - first % 60
    while True:
        if rota.works(datetime.fromtimestamp(minute, zone)):
            parts = [(max(first, minute), minute + 60)]
            for begins, until in away:
                cut = [(low, min(high, begins)) for low, high in parts]
                parts = cut + [(max(low, until), high) for low, high in parts]
                parts = [(low, high) for low, high in parts if low < high]
            yield from sorted(parts)
        minute += 60


def worked(rota: Rota, start: datetime, end: datetime) -> int:
    """Working seconds in [start, end)."""
    zone, first, last, total = ZoneInfo(rota.zone), int(start.timestamp()), int(end.timestamp()), 0
    away = [(int(begins.timestamp()), int(until.timestamp())) for begins, until in rota.absences]
    for minute in range(first - first % 60, last, 60):
        low, high = max(first, minute), min(last, minute + 60)
        if rota.works(datetime.fromtimestamp(minute, zone)):
            touched = [(begins, until) for begins, until in away if begins < high and until > low]
            total += high - low
            total -= sum(any(begins <= second < until for begins, until in touched) for second in range(low, high))
    return total


def due(rota: Rota, start: datetime, seconds: int) -> datetime:
    """The first instant at which `seconds` working seconds have passed since start."""
    left = seconds
    for begins, until in pieces(rota, start):
        if left <= until - begins:
            return datetime.fromtimestamp(begins + left, UTC)
        left -= until - begins
    raise AssertionError("pieces() never ends")


def random_rota(dice: random.Random, around: date) -> Rota:
    """A company's hours: office with or without lunch, Saturdays, nights over midnight, days that differ, absences."""
    office: Minutes = dice.choice(
        [((480, 1080),), ((480, 720), (780, 1080)), ((510, 725), (811, 1079)), ((0, 1440),), ((360, 840),)]
    )
    night: Minutes = dice.choice([((1320, 1800),), ((1140, 1860),), ((1200, 1440),), ((600, 660), (1380, 1620))])
    kind = dice.choice(["office", "office", "saturday", "nights", "all week"])
    weekday = night if kind == "nights" else office
    saturday: Minutes = {"saturday": ((540, 720),), "nights": ((1320, 1590),), "all week": office}.get(kind, ())
    week = (*[weekday] * 5, saturday, office if kind == "all week" else ())

    def days(count: int) -> list[date]:
        return [around + timedelta(days=dice.randrange(0, 16)) for _ in range(count)]

    closed = frozenset(days(2))
    opened = frozenset(day for day in days(1) if day not in closed)
    special = tuple((day, ((421, 602), (700, 701))) for day in set(days(dice.randrange(2))))
    midnight = datetime(around.year, around.month, around.day, tzinfo=UTC)
    absences = []
    for _ in range(dice.choice([0, 0, 1, 2])):
        begins = midnight + timedelta(seconds=dice.randrange(14 * 86400))
        absences.append((begins, begins + timedelta(seconds=dice.choice([1, 3601, 14400, 3 * 86400]))))
    zone = dice.choice(ZONES)
    state = dice.choice([None, "SP"])
    return Rota(zone, week, dice.random() < 0.6, state, closed, opened, special, tuple(absences))
