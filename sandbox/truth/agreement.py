"""The demo company's agreement as the truth applies it: versions, clauses, calendar, stage, channel and reason maps."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sandbox.company.constants import (
    CHANNELS,
    COMPANY_CLOSED_DAYS,
    LOST_REASONS,
    RETURN_IDENTIFIERS,
    STAGES,
    TIME_ZONE,
    VERSIONS,
)
from sandbox.truth.business_time import Calendar, is_holiday

ZONE = ZoneInfo(TIME_ZONE)


def company_calendar() -> Calendar:
    """Monday to Friday 08:00–12:00 and 13:00–18:00 local, national holidays and the company's closed days off."""
    return Calendar(
        ((time(8), time(12)), (time(13), time(18))),
        ZONE,
        lambda day: is_holiday(day) or (day.month, day.day) in COMPANY_CLOSED_DAYS,
    )


@dataclass(frozen=True)
class Clause:
    """One response clock of one version."""

    id: str
    applies_to: str  # hot | other | sql
    starts_at: str  # mql_at | sql_at
    clock: str  # business | elapsed
    limit: int  # seconds


@dataclass(frozen=True)
class Version:
    """One version of the agreement."""

    name: str
    effective_from: datetime
    clauses: tuple[Clause, ...]


_VERSIONS = tuple(
    Version(name, start.astimezone(UTC).replace(tzinfo=None), tuple(Clause(key, *rule) for key, rule in rules.items()))
    for name, start, rules in VERSIONS
)


def version_at(instant: datetime) -> Version:
    """The version in force: the last that began at or before the instant, the first one before any."""
    return max((v for v in _VERSIONS if v.effective_from <= instant), key=lambda v: v.effective_from, default=_VERSIONS[0])


def local_date(instant: datetime | None) -> date | None:
    """The local calendar date of a naive UTC instant."""
    return None if instant is None else instant.replace(tzinfo=UTC).astimezone(ZONE).date()


def funnel_stage(stage_name: str) -> str | None:
    """What a CRM stage means in the funnel; None for stages outside the map."""
    return STAGES.get(stage_name)


def channel_of(source: str | None, medium: str | None) -> str:
    """The channel of a traffic pair; unmapped when the company did not map it."""
    return CHANNELS.get(((source or "").strip().lower(), (medium or "").strip().lower()), "unmapped")


def reason_of(label: str | None) -> tuple[str | None, str | None]:
    """(reason code, next step) of a lost-reason label."""
    found = LOST_REASONS.get(label or "")
    return (found[0], found[1]) if found else (None, None)


def is_return(identifier: str) -> bool:
    """One of our own return identifiers: neither a conversion nor a signal."""
    return identifier in RETURN_IDENTIFIERS
