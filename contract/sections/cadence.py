"""Section `cadence`: how often, in which order and within how long sales tries before it may give a lead back."""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

from contract.clauses.attempts_made import AttemptsMade
from contract.clauses.base import CLOCK, AttemptChannel, Audience, Clock
from contract.clauses.cadence_order import CadenceOrder
from contract.fields import Seconds, Sparse, duration_text, in_working_hours
from contract.sections.naming import Naming


class Cadence(Sparse):
    """Two clauses: all attempts in time, and in the agreed order."""

    OMITTED = frozenset({"attempts", "order"})

    applies_to: Audience = Field("all", description="leads that get it: all, hot or other")
    steps: tuple[AttemptChannel, ...] = Field(
        min_length=1, max_length=50, description="channels in order: call, whatsapp, email, meeting, visit"
    )
    clock: Clock = Field("elapsed", description=CLOCK)
    within: Seconds = Field(description="time for all steps, from the hand-over, as 7 d")
    spacing_clock: Clock = Field("elapsed", description="how min_spacing counts: elapsed or business")
    min_spacing: Seconds | None = Field(
        None, description="shortest time between two steps, as 2 h; none when absent"
    )
    attempts: Naming = Field(Naming(), description="name of the clause about the attempts")  # type: ignore[call-arg]
    order: Naming = Field(Naming(), description="name of the clause about the order")  # type: ignore[call-arg]

    @field_validator("within", "min_spacing", mode="before")
    @classmethod
    def _no_working_days(cls, value: Any, info: ValidationInfo) -> Any:
        name = "clock" if info.field_name == "within" else "spacing_clock"
        return in_working_hours(value, info.data.get(name))

    @field_validator("min_spacing")
    @classmethod
    def _steps_fit(cls, value: int | None, info: ValidationInfo) -> int | None:
        within, steps = info.data.get("within"), info.data.get("steps")
        # Plain time between steps may pass outside working hours: only then can longer spacings fit.
        if value is None or within is None or not steps or _passes_outside(info.data):
            return value
        needed = value * (len(steps) - 1)
        if needed > within:
            raise ValueError(
                f"{len(steps)} steps with {duration_text(value)} between them need {duration_text(needed)}, "
                f"and the cadence has {duration_text(within)}; shorten min_spacing or give the cadence more time"
            )
        return value

    @model_validator(mode="after")
    def _two_names(self) -> Cadence:
        if self.attempts.id is not None and self.attempts.id == self.order.id:
            raise ValueError(
                f"attempts and order have one id {self.order.id!r}; they are two clauses, give each its own"
            )
        return self

    def made(self) -> AttemptsMade:
        """The clause about the attempts."""
        return AttemptsMade(
            applies_to=self.applies_to,
            steps=self.steps,
            clock=self.clock,
            within=duration_text(self.within),  # type: ignore[arg-type]
            **self.attempts.given(),
        )

    def ordered(self) -> CadenceOrder:
        """The clause about the order."""
        return CadenceOrder(
            applies_to=self.applies_to,
            steps=self.steps,
            clock=self.clock,
            within=duration_text(self.within),  # type: ignore[arg-type]
            min_spacing=self.min_spacing and duration_text(self.min_spacing),  # type: ignore[arg-type]
            spacing_clock=self.spacing_clock,
            **self.order.given(),
        )


def _passes_outside(data: dict[str, Any]) -> bool:
    return data.get("clock") == "business" and data.get("spacing_clock") == "elapsed"
