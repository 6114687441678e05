"""What is agreed besides the versions: waivers of single verdicts, and absences of sellers. Neither is hashed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from contract.fields import Code, Day, DayOrInstant, Email, Instant, Strict

EVERY_CLAUSE = "all"
_HANDOFF = re.compile(r"[0-9a-f]{32}")
_REVERSED = "the absence ends before it starts; correct from or until"


class Waiver(Strict):
    """Both areas agree not to count something. Every condition that is written must hold."""

    id: Code = Field(description="stable name of the waiver, as queda-crm-2026-02")
    clause: Code = Field(description="id of the clause, or all")
    handoff: str | None = Field(None, description="handoff_id of the one hand-over")
    seller: Email | None = Field(None, description="e-mail of the one seller, as the CRM knows it")
    from_at: Instant | None = Field(
        None,
        alias="from",
        description="clocks that started from this instant on, as 2026-02-10T12:00:00-03:00",
    )
    until_at: Instant | None = Field(
        None, alias="until", description="and before this one; from and until go together"
    )
    reason: str = Field(min_length=1, description="why, for both areas to read")
    approved_by: str = Field(min_length=1, description="who approved it")
    approved_on: Day = Field(description="when, as 2026-02-11")

    @field_validator("handoff")
    @classmethod
    def _is_an_id(cls, value: str | None) -> str | None:
        if value is not None and not _HANDOFF.fullmatch(value):
            raise ValueError(
                f"{value!r} is not a handoff_id; copy the 32 characters from fct_handoffs or the page"
            )
        return value

    @model_validator(mode="after")
    def _speaks_of_something(self) -> Waiver:
        if (self.from_at is None) != (self.until_at is None):
            given, absent = ("from", "until") if self.until_at is None else ("until", "from")
            raise ValueError(f"waiver {self.id!r} has {given} and no {absent}; a period needs both")
        if self.handoff is None and self.seller is None and self.from_at is None:
            raise ValueError(
                f"waiver {self.id!r} has no condition and would waive everything; "
                "name handoff, seller, or from and until"
            )
        if self.from_at is not None and self.until_at is not None and self.from_at >= self.until_at:
            raise ValueError(f"waiver {self.id!r} ends before it starts; correct from or until")
        return self


class Absence(Strict):
    """A seller is away. Dates are whole local days, `until` included; instants are exact, `until` excluded."""

    seller: Email = Field(description="e-mail of the seller, as the CRM knows it")
    from_at: DayOrInstant = Field(alias="from", description="first day, as 2026-04-06, or instant")
    until_at: DayOrInstant = Field(alias="until", description="last day, as 2026-04-17, or instant")
    reason: str = Field(min_length=1, description="why, as férias; no details of health")

    @model_validator(mode="after")
    def _has_length(self) -> Absence:
        # A day against an instant needs the zone: `resolve` looks at those.
        starts, ends = self.from_at, self.until_at
        if isinstance(starts, datetime) and isinstance(ends, datetime):
            reversed_ = ends <= starts
        else:
            reversed_ = type(starts) is type(ends) and ends < starts
        if reversed_:
            raise ValueError(_REVERSED)
        return self


@dataclass(frozen=True, order=True)
class Away:
    """An absence as a period [from_at, until_at) of aware UTC instants."""

    seller: str
    from_at: datetime
    until_at: datetime
    reason: str


def resolve(absence: Absence, zone: str) -> Away:
    """The period of an absence; `zone` (IANA) says when its days begin and end. ValueError when nothing is left."""
    starts = _instant(absence.from_at, zone)
    last = absence.until_at
    ends = _instant(last if isinstance(last, datetime) else last + timedelta(days=1), zone)
    if ends <= starts:
        raise ValueError(_REVERSED)
    return Away(absence.seller, starts, ends, absence.reason)


def _instant(value: date | datetime, zone: str) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime(value.year, value.month, value.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
