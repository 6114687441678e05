"""The demo company's agreement as the truth applies it: versions, waivers, absences, stage, channel and reason maps."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sandbox.company.constants import CHANNELS, LOST_REASONS, RETURN_IDENTIFIERS, STAGES, TIME_ZONE
from sandbox.company.terms import ABSENCES, VERSIONS, WAIVERS, Absence, Terms, Waiver

ZONE = ZoneInfo(TIME_ZONE)


def naive(instant: datetime) -> datetime:
    """An aware instant as the tables hold it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Agreement:
    """What both areas signed, and what they later agreed not to count."""

    versions: tuple[Terms, ...] = VERSIONS
    waivers: tuple[Waiver, ...] = WAIVERS
    absences: tuple[Absence, ...] = ABSENCES

    def version_at(self, instant: datetime) -> Terms:
        """The version in force at a naive UTC instant: the last that began by then, the first one before any."""
        begun = [terms for terms in self.versions if naive(terms.effective_from) <= instant]
        return max(begun or self.versions[:1], key=lambda terms: terms.effective_from)


DEMO = Agreement()


def local_day(instant: datetime) -> date:
    """The local calendar date of a naive UTC instant."""
    return instant.replace(tzinfo=UTC).astimezone(ZONE).date()


def local_date(instant: datetime | None) -> date | None:
    """The same of an instant that may be unknown."""
    return None if instant is None else local_day(instant)


def local_midnight(day: date) -> datetime:
    """The naive UTC instant at which a local day begins."""
    return naive(datetime(day.year, day.month, day.day, tzinfo=ZONE))


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
