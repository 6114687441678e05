"""Kind `response_time`: sales reaches the lead within a time that starts at the hand-over or at a later stage."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from contract.clauses.base import AREA, CLOCK, Area, Clause, Clock, Temperature, temperature_of
from contract.fields import Code, Seconds, Text, in_working_hours

# What the clock speaks of -> the instant that starts it; the others speak of the hand-over itself.
_STAGES = {
    "accepted": "accepted_at",
    "sql": "sql_at",
    "opportunity": "opportunity_at",
    "proposal": "proposal_at",
}
# A contact before these stages meets the clock at once: it is what led to the stage.
_EARLIER_CONTACT = frozenset({"accepted", "sql"})


class ResponseClock(Clause):
    """One promise of contact within a time."""

    # Known since a later release than the rest: absent in the content of a version that does not use them.
    OMITTED = frozenset({"temperature", "pause_when_owner_absent"})
    kind: ClassVar[str] = "response_time"

    id: Code = Field(description="stable identifier of the clause, as first_contact_hot")
    title: Text = Field(description="the promise, in both languages")
    area: Area = Field("sales", description=AREA)
    applies_to: Literal["hot", "other", "all", "accepted", "sql", "opportunity", "proposal"] = Field(
        description="hot, other, all (from the hand-over) or a stage: accepted, sql, opportunity, proposal"
    )
    temperature: Temperature | None = Field(
        None, description="of a stage only: hot or other; any temperature when absent"
    )
    clock: Clock = Field(description=CLOCK)
    limit: Seconds = Field(description="longest time allowed, as 5 min or 24 h")
    stops_at: Literal["first_attempt", "first_contact"] = Field(
        "first_contact", description="what stops the clock: first_attempt or first_contact"
    )
    attempt_instant: Literal["occurred_at", "logged_at"] = Field(
        "occurred_at", description="which instant of an attempt counts: occurred_at or logged_at"
    )
    fallback_without_call_result: Literal["attempt", "not_judgeable"] = Field(
        "attempt", description="where the CRM records no call result: attempt or not_judgeable"
    )
    pause_when_owner_absent: bool = Field(
        False, description="true: the clock stands still during the absences of the lead's owner"
    )

    @property
    def starts_at(self) -> str:
        """The stage's instant, or `mql_at`."""
        return _STAGES.get(self.applies_to, "mql_at")

    @field_validator("limit", mode="before")
    @classmethod
    def _no_working_days(cls, value: Any, info: ValidationInfo) -> Any:
        return in_working_hours(value, info.data.get("clock"))

    @field_validator("temperature")
    @classmethod
    def _only_of_a_stage(cls, value: str | None, info: ValidationInfo) -> str | None:
        audience = info.data.get("applies_to")
        if value is not None and audience is not None and audience not in _STAGES:
            raise ValueError(
                f"temperature stands beside applies_to: {audience}; remove it: applies_to says hot or other itself"
            )
        return value

    @field_validator("pause_when_owner_absent")
    @classmethod
    def _absence_of_whom(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("area") == "marketing":
            raise ValueError(
                "pause_when_owner_absent on a clause of marketing, which has no owner; "
                "remove it, or let sales owe the clause"
            )
        return value

    def parameters(self) -> dict[str, Any]:
        """Audience, clock and what stops it."""
        return {
            "applies_to": self.applies_to,
            "temperature": self.temperature or temperature_of(self.applies_to),
            "earlier_contact": self.applies_to in _EARLIER_CONTACT,
            "stops_at": self.stops_at,
            "clock": self.clock,
            "limit_seconds": self.limit,
            "pause_owner_absent": self.pause_when_owner_absent,
            "attempt_instant": self.attempt_instant,
            "fallback": self.fallback_without_call_result,
        }
