"""Section `shared_goals`: what both areas reach together, and how much of each one's bonus hangs on it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from contract.fields import Code, Sparse, Strict, Text, parse_share

GoalMeasure = Literal["revenue_per_month", "wins_per_month"]


class BonusShares(Strict):
    """Part of each area's variable pay that follows the goal; 0 for none."""

    marketing: float = Field(0.0, ge=0, le=1, description="part of marketing's variable pay: 0.2 for 20 %")
    sales: float = Field(0.0, ge=0, le=1, description="part of sales' variable pay: 0.1 for 10 %")


class SharedGoal(Sparse):
    """One figure of every month that neither area reaches alone."""

    OMITTED = frozenset({"bonus_share", "pays_from"})

    id: Code = Field(description="stable identifier of the goal, as receita_conjunta")
    title: Text = Field(description="the goal, in both languages")
    measure: GoalMeasure = Field(description="revenue_per_month (invoiced less returned) or wins_per_month")
    at_least: float = Field(gt=0, description="the figure: an amount of money, or a count")
    bonus_share: BonusShares = Field(BonusShares(), description="part of each area's variable pay that follows the goal")  # type: ignore[call-arg]
    pays_from: float | None = Field(None, description="share of the goal below which nothing is due: 0.7 for 70 %")

    @field_validator("pays_from", mode="before")
    @classmethod
    def _is_a_share(cls, value: Any, info: ValidationInfo) -> Any:
        return parse_share(value, str(info.field_name))
