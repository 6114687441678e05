"""Section `give_back`: what sales must do before a lead goes back to marketing."""

from __future__ import annotations

from pydantic import Field, field_validator, model_validator

from contract.clauses.give_back_allowed import GiveBackAllowed
from contract.clauses.reason_registered import ReasonRegistered
from contract.fields import Code, Sparse
from contract.sections.cadence import Cadence
from contract.sections.naming import Naming


class GiveBack(Sparse):
    """Up to two clauses: a registered reason, and only after the cadence."""

    OMITTED = frozenset({"reason", "allowed"})

    reason_required: bool = Field(True, description="a return or loss needs a reason from the list")
    only_after_cadence: bool = Field(True, description="a return needs the attempts of the cadence")
    except_reasons: tuple[Code, ...] = Field(
        (), description="codes of reasons that need no attempts, as contato_invalido"
    )
    reason: Naming = Field(Naming(), description="name of the clause about the reason")  # type: ignore[call-arg]
    allowed: Naming = Field(Naming(), description="name of the clause about the cadence")  # type: ignore[call-arg]

    @field_validator("except_reasons")
    @classmethod
    def _once(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        again = sorted({code for code in codes if codes.count(code) > 1})
        if again:
            raise ValueError(f"{', '.join(again)} is listed twice; keep one")
        return codes

    @model_validator(mode="after")
    def _says_something(self) -> GiveBack:
        if not self.reason_required and not self.only_after_cadence:
            raise ValueError(
                "give_back asks for nothing; remove the section, or set one of its rules to true"
            )
        if self.except_reasons and not self.only_after_cadence:
            raise ValueError(
                "except_reasons are exceptions from only_after_cadence, which is false; remove them, or set it to true"
            )
        if self.reason.id is not None and self.reason.id == self.allowed.id:
            raise ValueError(
                f"reason and allowed have one id {self.reason.id!r}; they are two clauses, give each its own"
            )
        return self

    def registered(self) -> ReasonRegistered | None:
        """The clause about the reason."""
        return ReasonRegistered(**self.reason.given()) if self.reason_required else None

    def after(self, cadence: Cadence | None) -> GiveBackAllowed | None:
        """The clause about the cadence; None without one (the checks refuse that)."""
        if not self.only_after_cadence or cadence is None:
            return None
        return GiveBackAllowed(
            applies_to=cadence.applies_to,
            steps=cadence.steps,
            except_reasons=self.except_reasons,
            **self.allowed.given(),
        )
