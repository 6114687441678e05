"""The business calendar as a person writes it: hours, zone, holidays, and the days that differ."""

from __future__ import annotations

import itertools
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from contract.fields import DAY_SECONDS, Day, Interval, MonthDay, Strict, Zone, interval_text
from contract.problems import did_you_mean

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_IN_PORTUGUESE = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
_PLAIN = str.maketrans("áç", "ac")
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Days off that the federal calendar calls optional; a private company says which of them it closes.
OptionalDay = Literal[
    "carnival", "ash_wednesday", "corpus_christi", "public_servant_day", "christmas_eve", "new_years_eve"
]


def _ordered(intervals: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    ordered = tuple(sorted(intervals))
    for before, after in itertools.pairwise(ordered):
        if after[0] < before[1]:
            raise ValueError("intervals overlap; write each working stretch once, in order")
    return ordered


def _nights_apart(blocks: tuple[WeekHours, ...]) -> None:
    """Raise ValueError when a shift over midnight runs into the hours of the following day of the week."""
    week = {day: block.intervals for block in blocks for day in block.days}
    for day, intervals in week.items():
        tomorrow = WEEKDAYS[(WEEKDAYS.index(day) + 1) % 7]
        tail = intervals[-1][1] - DAY_SECONDS
        if tail > 0 and tomorrow in week and tail > week[tomorrow][0][0]:
            shift, next_shift = interval_text(intervals[-1]), interval_text(week[tomorrow][0])
            raise ValueError(
                f"{shift} of {day} runs into {next_shift} of {tomorrow}; write each working stretch once: "
                f"the part after midnight already belongs to {day}"
            )


class WeekHours(Strict):
    """Working stretches shared by some days of the week."""

    days: tuple[Weekday, ...] = Field(
        min_length=1, description="days of the week, in English: monday, tuesday …"
    )
    intervals: tuple[Interval, ...] = Field(
        min_length=1,
        max_length=3,
        description="working stretches of the day, for example 08:00-12:00; a shift over midnight (22:00-06:00) "
        "belongs to the day on which it begins",
    )

    _order = field_validator("intervals")(_ordered)

    @field_validator("days", mode="before")
    @classmethod
    def _in_english(cls, days: Any) -> Any:
        for day in days if isinstance(days, list) else ():
            for name, portuguese in zip(WEEKDAYS, _IN_PORTUGUESE, strict=True):
                if str(day).casefold().removesuffix("-feira") in (portuguese, portuguese.translate(_PLAIN)):
                    raise ValueError(f"{day!r} is not written in English; write {name}")
        return days


class NamedDay(Strict):
    """A day that the company closes, or opens although it is a holiday or a weekend."""

    date: Day = Field(description="the day, as 2026-12-24")
    name: str = Field(min_length=1, description="why, as people call it")


class YearlyDay(Strict):
    """A day that the company closes every year."""

    day: MonthDay = Field(description="month and day in quotes, as '12-24'")
    name: str = Field(min_length=1, description="why, as people call it")


class SpecialHours(Strict):
    """A day with hours of its own: a half day, or an extra working day."""

    date: Day = Field(description="the day, as 2026-02-18")
    intervals: tuple[Interval, ...] = Field(
        min_length=1, max_length=3, description="working stretches of that day"
    )
    name: str = Field(min_length=1, description="why, as people call it")

    _order = field_validator("intervals")(_ordered)


class Calendar(Strict):
    """Working time of a company. The last word on a day: special hours, then open days, then closures."""

    zone: Zone = Field(description="IANA time zone, for example America/Sao_Paulo")
    country: str = Field("BR", pattern=r"^[A-Z]{2}$", description="ISO country of the public holidays, as BR")
    state: str | None = Field(
        None, description="state whose public holidays close too, as SP; none when absent"
    )
    public_holidays: bool = Field(True, description="false for a company that works on public holidays")
    optional_days_closed: tuple[OptionalDay, ...] = Field(
        (), description="optional days off (pontos facultativos) on which the company closes"
    )
    hours: tuple[WeekHours, ...] = Field(min_length=1, description="working stretches by day of the week")
    closed_every_year: tuple[YearlyDay, ...] = Field((), description="days closed in every year")
    closed_days: tuple[NamedDay, ...] = Field(
        (), description="days closed once (state, city or company holidays)"
    )
    open_days: tuple[NamedDay, ...] = Field(
        (), description="holidays on which the company works its usual hours"
    )
    special_hours: tuple[SpecialHours, ...] = Field((), description="half days and extra working days")

    @field_validator("country")
    @classmethod
    def _known_country(cls, country: str) -> str:
        from holidays import list_supported_countries

        if country not in list_supported_countries():
            raise ValueError(
                f"no public holidays are known for country {country!r}; use an ISO code such as BR"
            )
        return country

    @model_validator(mode="after")
    def _consistent(self) -> Calendar:
        if self.state is not None:
            from holidays import list_supported_countries

            states = list_supported_countries().get(self.country, [])
            if self.state not in states:
                near = did_you_mean(self.state.removeprefix(f"{self.country}-"), states)
                raise ValueError(f"state {self.state!r} is not known in {self.country}. {near}")
        if self.optional_days_closed and self.country != "BR":
            raise ValueError("optional_days_closed exists for Brazil only; list the dates under closed_days")
        seen = [day for block in self.hours for day in block.days]
        doubled = sorted({day for day in seen if seen.count(day) > 1})
        if doubled:
            raise ValueError(
                f"{', '.join(doubled)} appears in two blocks of hours; give each day of the week once"
            )
        _nights_apart(self.hours)
        for name in ("closed_days", "open_days", "special_hours"):
            dates = [entry.date for entry in getattr(self, name)]
            again = sorted({str(day) for day in dates if dates.count(day) > 1})
            if again:
                raise ValueError(f"{name} names {', '.join(again)} twice; keep one entry for each date")
        both = {entry.date for entry in self.closed_days} & {entry.date for entry in self.open_days}
        if both:
            raise ValueError(f"{min(both)} is under closed_days and under open_days; keep one")
        return self
