"""Section `routing`: who gets a lead that is handed over."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from contract.fields import Code, Email, Seconds, Strict, Text

_STATE = re.compile(r"[A-Z]{2}")
DEFAULT_GRACE = 15 * 60


class RoutingWhen(Strict):
    """Which leads a rule takes: every key that is written must hold; none written means all leads."""

    states: tuple[str, ...] = Field((), description="states of the lead, as SP")
    channels: tuple[Code, ...] = Field((), description="channels of the lead, as paid_search")
    forms: tuple[str, ...] = Field((), description="conversion identifiers of the lead")
    portfolio: bool = Field(
        False, description="true: the lead's company belongs to a seller of the rule already"
    )

    @field_validator("states")
    @classmethod
    def _two_letters(cls, states: tuple[str, ...]) -> tuple[str, ...]:
        for state in states:
            if not _STATE.fullmatch(state):
                raise ValueError(f"{state!r} is not a state; write its two letters, as SP")
        return states

    @property
    def takes_all(self) -> bool:
        """Whether no condition is written."""
        return not (self.states or self.channels or self.forms or self.portfolio)


class RoutingSeller(Strict):
    """One seller of a rule and the share of its leads."""

    seller: Email = Field(description="e-mail of the seller in the CRM")
    weight: int = Field(1, ge=1, le=1000, description="share of the leads, against the others of the rule")
    capacity: int | None = Field(
        None, ge=1, description="most open hand-overs at a time; no limit when absent"
    )


class RoutingRule(Strict):
    """Leads of one sort and the sellers who share them."""

    title: Text = Field(description="the rule, in both languages")
    when: RoutingWhen = Field(RoutingWhen(), description="which leads; all when absent")  # type: ignore[call-arg]
    sellers: tuple[RoutingSeller, ...] = Field(min_length=1, description="who shares these leads")
    skip_absent: bool = Field(True, description="true: who is absent gets none")

    @field_validator("sellers")
    @classmethod
    def _each_once(cls, sellers: tuple[RoutingSeller, ...]) -> tuple[RoutingSeller, ...]:
        emails = [item.seller for item in sellers]
        if len(set(emails)) < len(emails):
            raise ValueError("a seller is listed twice; keep one, with the weight of both")
        return sellers


class Fallback(Strict):
    """Who gets what no rule takes."""

    seller: Email = Field(description="e-mail of the seller in the CRM")


class Routing(Strict):
    """Distribution of leads. `observe` reports, `propose` suggests, `assign` gives leads without owner to a seller."""

    mode: Literal["observe", "propose", "assign"] = Field("observe", description="observe, propose or assign")
    grace: Seconds | None = Field(
        None, description="of assign: how long a person may choose first, 15 min when absent"
    )
    rules: tuple[RoutingRule, ...] = Field(min_length=1, description="the rules; the first that fits decides")
    fallback: Fallback | None = Field(None, description="who gets what no rule takes")

    @field_validator("grace")
    @classmethod
    def _only_of_assign(cls, grace: int | None, info: ValidationInfo) -> int | None:
        mode = info.data.get("mode")
        if grace is not None and mode in ("observe", "propose"):
            raise ValueError(f"grace belongs to mode: assign, and the mode is {mode!r}; remove it")
        return grace

    @model_validator(mode="after")
    def _all_reachable(self) -> Routing:
        for number, rule in enumerate(self.rules[:-1], start=1):
            if rule.when.takes_all:
                raise ValueError(
                    f"rule {number} takes every lead, so that the rules after it never act; put it last"
                )
        return self

    @property
    def grace_seconds(self) -> int | None:
        """Time before an assignment; None in the other modes."""
        return (self.grace or DEFAULT_GRACE) if self.mode == "assign" else None
