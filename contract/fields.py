"""Small value types of the agreement: durations, times of day, instants, calendar days, codes.

Each accepts the text a person writes and refuses everything else with a message that says how to write it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
)

from contract.problems import did_you_mean

_DURATION = re.compile(r"([-+]?\d+)\s*(s|min|h|d)")
_LOOSE_DURATION = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d]*\.?)")
# Units as people write them, without the ones that are right.
_UNIT_NAMES: dict[tuple[str, ...], str] = {
    ("s", "seg", "sec", "segundo", "segundos", "second", "seconds"): "s",
    ("min", "m", "mins", "minuto", "minutos", "minute", "minutes"): "min",
    ("h", "hs", "hr", "hrs", "hora", "horas", "hour", "hours"): "h",
    ("d", "dia", "dias", "day", "days"): "d",
}
_UNIT_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
DAY_SECONDS = 86400
_LONGEST_NIGHT = 12 * 3600  # 12x36 is the longest usual shift in Brazil


class Strict(BaseModel):
    """Base of every part of the agreement: unknown keys are errors, values cannot be changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Sparse(Strict):
    """A part whose `OMITTED` keys are left out of its content while they have their default.

    The content of a version is hashed, and a recorded hash must hold when a later release of Bastão knows more
    keys or words a default title better: what a company did not write is no part of what it signed.
    """

    OMITTED: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_omitted(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        written: dict[str, Any] = handler(self)
        for key in self.OMITTED:
            if getattr(self, key) == fields[key].default:
                written.pop(key, None)
        return written


class Text(Strict):
    """A text in both languages."""

    pt: str = Field(min_length=1, description="the text in Portuguese (Brazil)")
    en: str = Field(min_length=1, description="the text in English")

    def in_language(self, language: str) -> str:
        """`pt` or `en`; anything that starts with `pt` is Portuguese."""
        return self.pt if language.startswith("pt") else self.en


def parse_duration(value: Any) -> int:
    """`5 min`, `24 h`, `30 s`, `2 d` → seconds. Zero and negative lengths are refused."""
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        nearest = _nearest_duration(value)
        how = f"{nearest} (the units are s, min, h, d)" if nearest else "a number and a unit: 30 s, 5 min, 24 h, 2 d"
        raise ValueError(f"{value!r} is not a length of time; write {how}")
    seconds = int(match.group(1)) * _UNIT_SECONDS[match.group(2)]
    if seconds <= 0:
        raise ValueError(f"{value!r} is not a positive length of time; a clock needs at least 1 s")
    return seconds


def _nearest_duration(value: Any) -> str:
    """What a length in other words most likely means: `5 minutos` → `5 min`, `1,5 h` → `90 min`; else empty."""
    match = _LOOSE_DURATION.fullmatch(str(value).strip().casefold())
    if match is None or not (unit := match.group(2)):
        return ""
    for names, short in _UNIT_NAMES.items():
        if unit.removesuffix(".") in names:
            number = float(match.group(1).replace(",", "."))
            if number.is_integer():
                return f"{number:g} {short}"
            seconds = number * _UNIT_SECONDS[short]
            return duration_text(round(seconds)) if seconds >= 1 and seconds == round(seconds) else ""
    return ""


def duration_text(seconds: int) -> str:
    """The shortest exact way to write a length of time: 300 → `5 min`. Days stay hours (86400 → `24 h`)."""
    for unit in ("h", "min"):
        if seconds % _UNIT_SECONDS[unit] == 0:
            return f"{seconds // _UNIT_SECONDS[unit]} {unit}"
    return f"{seconds} s"


def in_working_hours(value: Any, clock: Any) -> Any:
    """The length as written; ValueError for days on a business clock, whose length no two companies agree on."""
    if clock == "business" and str(value).strip().endswith("d"):
        raise ValueError(
            f"{value!r} on a business clock: a working day has no fixed length; write working hours, as 9 h"
        )
    return value


def parse_share(value: Any, name: str) -> Any:
    """A share from 0 (excluded) to 1 as written; ValueError for one in percent. Other types pass unchanged."""
    if isinstance(value, int | float) and not isinstance(value, bool) and not 0 < value <= 1:
        raise ValueError(f"{name} is {value:g}; write a share from 0 to 1 (0.85 for 85 %)")
    return value


def parse_email(value: Any) -> str:
    """An e-mail address in lower case. The message does not repeat the text: it may name a person."""
    text = value.strip().lower() if isinstance(value, str) else ""
    if not _EMAIL.fullmatch(text):
        raise ValueError("is not an e-mail address; write it as the CRM knows the user: ana@empresa.com.br")
    return text


def parse_interval(value: Any) -> tuple[int, int]:
    """`08:00-12:00` → seconds after local midnight (start, end); the end may be 24:00.

    `22:00-06:00` is a shift over midnight: its end counts on, (79200, 108000). It lasts at most 12 hours, so that
    hours written the wrong way round (18:00-08:00) are still an error.
    """
    parts = value.split("-") if isinstance(value, str) else []
    if len(parts) != 2 or not all(_TIME.fullmatch(part.strip()) for part in parts):
        raise ValueError(f"{value!r} is not an interval; write it as 08:00-12:00 (from 00:00 to 24:00)")
    start, end = (_seconds_of(part.strip()) for part in parts)
    if end > start:
        return start, end
    if end + DAY_SECONDS - start > _LONGEST_NIGHT or start == DAY_SECONDS:
        raise ValueError(
            f"{value!r} ends before it starts; write the earlier time first, as 08:00-18:00 "
            "(a shift that crosses midnight, as 22:00-06:00, lasts at most 12 hours)"
        )
    return start, end + DAY_SECONDS if end else DAY_SECONDS


def _seconds_of(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def interval_text(interval: tuple[int, int]) -> str:
    """(28800, 43200) → `08:00-12:00`; (79200, 108000), over midnight, → `22:00-06:00`."""
    start, end = interval
    clock = (start, end - DAY_SECONDS if end > DAY_SECONDS else end)
    return "-".join(f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}" for seconds in clock)


def parse_instant(value: Any) -> datetime:
    """An ISO 8601 instant with its zone → aware UTC datetime; whole seconds."""
    if isinstance(value, datetime):
        parsed = value
    else:
        try:
            parsed = datetime.fromisoformat(value) if isinstance(value, str) and len(value) > 10 else None  # type: ignore[assignment]
        except ValueError:
            parsed = None  # type: ignore[assignment]
    if parsed is None:
        raise ValueError(f"{value!r} is not an instant; write date, time and zone: 2026-01-01T00:00:00-03:00")
    if parsed.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone; add it at the end: {value}-03:00 (or Z for UTC)")
    if parsed.microsecond:
        raise ValueError(f"{value!r} has a fraction of a second; instants are whole seconds")
    return parsed.astimezone(UTC)


def parse_day(value: Any) -> date:
    """`2026-12-24` → date."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        raise ValueError(f"{value!r} is not a date; write it as 2026-12-24") from None


def parse_day_or_instant(value: Any) -> date | datetime:
    """`2026-12-24` → date; `2026-12-24T13:00:00-03:00` → aware UTC datetime."""
    if isinstance(value, str) and len(value) <= 10:
        try:
            return parse_day(value)
        except ValueError:
            raise ValueError(
                f"{value!r} is neither a date nor an instant; write 2026-12-24 or 2026-12-24T13:00:00-03:00"
            ) from None
    return parse_instant(value)


def parse_month_day(value: Any) -> tuple[int, int]:
    """`12-24` → (12, 24), a day of every year; 29 February is allowed and exists in leap years only."""
    text = value if isinstance(value, str) and re.fullmatch(r"\d\d-\d\d", value) else ""
    try:
        day = date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise ValueError(
            f"{value!r} is not a day of the year; write month and day in quotes: '12-24'"
        ) from None
    return day.month, day.day


def parse_zone(value: Any) -> str:
    """An IANA zone name that this machine's zone data knows."""
    if not isinstance(value, str) or value not in available_timezones():
        raise ValueError(
            f"{value!r} is not an IANA time zone. {did_you_mean(str(value), _likely_zones(value))}"
        )
    ZoneInfo(value)
    return value


def _likely_zones(value: Any) -> set[str]:
    # A list of 600 zones helps nobody: without a near match, show the Brazilian ones.
    text = str(value).casefold()
    near = {zone for zone in available_timezones() if "/" in zone and zone.casefold().split("/")[-1] in text}
    brazil = {"Araguaina", "Bahia", "Belem", "Boa_Vista", "Campo_Grande", "Cuiaba", "Fortaleza", "Maceio"}
    brazil |= {"Manaus", "Noronha", "Porto_Velho", "Recife", "Rio_Branco", "Santarem", "Sao_Paulo"}
    return near or {f"America/{city}" for city in brazil}


def _schema(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


Seconds = Annotated[
    int,
    BeforeValidator(parse_duration),
    PlainSerializer(duration_text),
    _schema(r"^[1-9]\d*\s*(s|min|h|d)$", "5 min"),
]
Interval = Annotated[
    tuple[int, int],
    BeforeValidator(parse_interval),
    PlainSerializer(interval_text),
    _schema(r"^\d\d:\d\d\s*-\s*\d\d:\d\d$", "08:00-12:00"),
]
Instant = Annotated[
    datetime,
    BeforeValidator(parse_instant),
    PlainSerializer(lambda value: value.strftime("%Y-%m-%dT%H:%M:%SZ")),
    _schema(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$", "2026-01-01T00:00:00-03:00"),
]
Day = Annotated[
    date,
    BeforeValidator(parse_day),
    PlainSerializer(lambda value: value.isoformat()),
    _schema(r"^\d{4}-\d\d-\d\d$", "2026-12-24"),
]
MonthDay = Annotated[
    tuple[int, int],
    BeforeValidator(parse_month_day),
    PlainSerializer(lambda value: f"{value[0]:02d}-{value[1]:02d}"),
    _schema(r"^\d\d-\d\d$", "12-24"),
]
DayOrInstant = Annotated[
    date | datetime,
    PlainValidator(parse_day_or_instant),
    PlainSerializer(lambda value: value.isoformat()),
    _schema(r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$", "2026-12-24"),
]
Email = Annotated[
    str, BeforeValidator(parse_email), _schema(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "ana@empresa.com.br")
]
Zone = Annotated[
    str, BeforeValidator(parse_zone), _schema(r"^[A-Za-z_]+(/[A-Za-z_+-]+)*$", "America/Sao_Paulo")
]
CODE_PATTERN = r"^[a-z0-9][a-z0-9._-]*$"
Code = Annotated[str, Field(pattern=CODE_PATTERN)]
