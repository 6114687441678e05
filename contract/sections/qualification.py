"""Sections `icp` and `qualification`: whom the company sells to, and what an MQL and an SQL are."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from contract.fields import Code, Sparse, Strict, Text

Rule = Literal["interest_at_least", "fit_at_least", "channel_in", "conversion_in"]


class Icp(Strict):
    """The ideal customer, for the reader; nothing is judged by it."""

    sectors: tuple[str, ...] = Field((), description="sectors, as Indústria")
    company_sizes: tuple[str, ...] = Field((), description="sizes of company, as 100 a 499 funcionários")
    roles: tuple[str, ...] = Field((), description="roles of the decision maker, as Compras")
    regions: tuple[str, ...] = Field((), description="regions, as SP")
    behaviour: Text | None = Field(None, description="typical behaviour, in both languages")

    @field_validator("sectors", "company_sizes", "roles", "regions")
    @classmethod
    def _written(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if any(not value for value in values):
            raise ValueError("an entry is empty; write it or remove it")
        return values


class CriterionRule(Sparse):
    """The part of a criterion that the data decide, on facts known at the hand-over. Exactly one key."""

    OMITTED = frozenset({"interest_at_least", "fit_at_least", "channel_in", "conversion_in"})

    interest_at_least: int | None = Field(None, ge=0, description="smallest interest score")
    fit_at_least: int | None = Field(None, ge=0, description="smallest fit score")
    channel_in: tuple[Code, ...] | None = Field(None, min_length=1, description="channels, as paid_search")
    conversion_in: tuple[str, ...] | None = Field(
        None, min_length=1, description="conversion identifiers, one of which the person must have"
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> CriterionRule:
        given = [key for key in type(self).model_fields if getattr(self, key) is not None]
        if len(given) != 1:
            what = " and ".join(given) if given else "nothing"
            raise ValueError(
                f"a rule decides by one thing, and this one names {what}; "
                "write one of interest_at_least, fit_at_least, channel_in, conversion_in"
            )
        return self

    @property
    def kind(self) -> Rule:
        """The key that was written."""
        kinds: tuple[Rule, ...] = ("interest_at_least", "fit_at_least", "channel_in", "conversion_in")
        return next(key for key in kinds if getattr(self, key) is not None)

    @property
    def minimum(self) -> int | None:
        """The smallest score; None for a list."""
        return self.interest_at_least if self.interest_at_least is not None else self.fit_at_least

    @property
    def values(self) -> tuple[str, ...]:
        """The list; empty for a score."""
        return self.channel_in or self.conversion_in or ()


class Criterion(Strict):
    """One objective, measurable condition of an MQL or an SQL."""

    title: Text = Field(description="the condition, in both languages")
    measured_by: Text = Field(description="where the data to decide it stands, in both languages")


class MqlCriterion(Criterion, Sparse):
    """A condition of an MQL, with the rule that the data decide."""

    OMITTED = frozenset({"rule"})

    rule: CriterionRule | None = Field(None, description="optional: how the data decide it")


class Criteria(Strict):
    """What a lead must satisfy; all conditions hold together."""

    criteria: tuple[Criterion, ...] = Field(min_length=1, description="the conditions")


class MqlCriteria(Criteria):
    """What an MQL must satisfy."""

    criteria: tuple[MqlCriterion, ...] = Field(min_length=1, description="the conditions")


class Qualification(Strict):
    """What an MQL and an SQL are."""

    mql: MqlCriteria = Field(description="conditions of an MQL")
    sql: Criteria = Field(description="conditions of an SQL")


class HotWhen(Strict):
    """A lead is hot when one of these holds on the facts known at the hand-over."""

    conversions: tuple[str, ...] = Field(
        (), description="identifiers of buying-signal conversions in RD Station"
    )
    within_days: int = Field(7, ge=1, le=365, description="days before the hand-over that still count")
    interest_at_least: int | None = Field(None, ge=0, description="interest score from which a lead is hot")

    @field_validator("conversions")
    @classmethod
    def _once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        again = sorted({value for value in values if values.count(value) > 1})
        if again:
            raise ValueError(f"{', '.join(again)} is listed twice; keep one")
        return values
