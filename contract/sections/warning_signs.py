"""Section `warning_signs`: from which figure on something looks wrong."""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationInfo, field_validator

from contract.fields import Sparse, parse_share


def _share(what: str) -> Any:
    return Field(None, description=f"share of {what} above which it is a warning: 0.2 for 20 %")


def _months(what: str) -> Any:
    return Field(None, ge=2, le=24, description=f"months in a row in which {what}")


class WarningSigns(Sparse):
    """Signs that the agreement is broken; a sign without threshold is not watched."""

    OMITTED = frozenset(
        {
            "untouched_share_above", "no_owner_share_above", "no_reason_share_above", "sold_outside_share_above",
            "mql_growth_without_revenue_months", "cost_growth_without_revenue_months",
        }
    )  # fmt: skip

    untouched_share_above: float | None = _share("hand-overs without any attempt")
    no_owner_share_above: float | None = _share("hand-overs without an owner")
    no_reason_share_above: float | None = _share("returns and losses without a reason")
    sold_outside_share_above: float | None = _share("sales that never were an MQL")
    mql_growth_without_revenue_months: int | None = _months("MQLs grow and revenue does not")
    cost_growth_without_revenue_months: int | None = _months("media cost grows and revenue does not")

    @field_validator(
        "untouched_share_above", "no_owner_share_above", "no_reason_share_above", "sold_outside_share_above",
        mode="before",
    )  # fmt: skip
    @classmethod
    def _is_a_share(cls, value: Any, info: ValidationInfo) -> Any:
        return parse_share(value, str(info.field_name))

    def thresholds(self) -> dict[str, float]:
        """What is watched, by sign."""
        signs = type(self).model_fields
        return {name: value for name in signs if (value := getattr(self, name)) is not None}
