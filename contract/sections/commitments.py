"""Section `commitments`: the figures that each area promises for every month."""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator, model_validator

from contract.clauses.acceptance_rate import AcceptanceRate
from contract.clauses.base import Area
from contract.clauses.capture_completeness import CaptureCompleteness
from contract.clauses.monthly import Monthly
from contract.clauses.volume import Volume, VolumeMeasure
from contract.fields import Code, Sparse, Strict, Text, parse_share

_TITLES = {
    "mqls_per_month": Text(pt="MQL entregues por mês", en="MQLs delivered a month"),
    "sqls_per_month": Text(pt="SQL entregues por mês", en="SQLs delivered a month"),
    "wins_per_month": Text(pt="Vendas fechadas por mês", en="Sales closed a month"),
    "acceptance_rate": Text(pt="Leads aceitos por vendas", en="Leads accepted by sales"),
    "capture_completeness": Text(pt="Dados completos nos formulários", en="Complete data from the forms"),
}
_VOLUMES = frozenset(get_args(VolumeMeasure))


class Commitment(Sparse):
    """One figure. Volumes are counts a month, the others shares."""

    OMITTED = frozenset({"id", "title"})

    measure: Literal[
        "mqls_per_month", "sqls_per_month", "wins_per_month", "acceptance_rate", "capture_completeness"
    ] = Field(description="what is measured, as sqls_per_month or acceptance_rate")
    at_least: float = Field(gt=0, description="the smallest figure: 50 a month, or 0.85 for 85 %")
    fields: tuple[str, ...] = Field(
        (), description="of capture_completeness: payload keys that must be filled, as email"
    )
    forms: tuple[str, ...] = Field(
        (), description="of capture_completeness: conversion identifiers that count; all when absent"
    )
    id: Code | None = Field(None, description="stable identifier of the clause; the measure when absent")
    title: Text | None = Field(None, description="the promise, in both languages")

    @field_validator("at_least", mode="before")
    @classmethod
    def _of_the_measure(cls, value: Any, info: ValidationInfo) -> Any:
        measure = info.data.get("measure")
        if measure not in _VOLUMES:
            return parse_share(value, "at_least") if measure is not None else value
        if isinstance(value, float) and not value.is_integer():
            raise ValueError(f"{value:g} is not a count; write a whole number, as 50")
        return value

    @field_validator("fields", "forms")
    @classmethod
    def _written_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if any(not value for value in values):
            raise ValueError("a name is empty; write it or remove it")
        again = sorted({value for value in values if values.count(value) > 1})
        if again:
            raise ValueError(f"{', '.join(again)} is listed twice; keep one")
        return values

    @model_validator(mode="after")
    def _fields_of_capture(self) -> Commitment:
        capture = self.measure == "capture_completeness"
        if capture and not self.fields:
            raise ValueError(
                "capture_completeness names no fields; list those that sales needs, "
                "as fields: [email, name, mobile_phone]"
            )
        for key in ("fields", "forms"):
            if getattr(self, key) and not capture:
                raise ValueError(f"{self.measure} has no {key}; remove them")
        return self

    def clause(self, area: Area) -> Monthly:
        """The clause that the area owes."""
        named: dict[str, Any] = {
            "id": self.id or self.measure,
            "title": self.title or _TITLES[self.measure],
            "area": area,
            "at_least": self.at_least,
        }
        if self.measure == "capture_completeness":
            return CaptureCompleteness(fields=self.fields, forms=self.forms, **named)
        if self.measure == "acceptance_rate":
            return AcceptanceRate(**named)
        return Volume(measure=self.measure, **named)


class Commitments(Strict):
    """What each area promises."""

    marketing: tuple[Commitment, ...] = Field((), description="the promises of marketing")
    sales: tuple[Commitment, ...] = Field((), description="the promises of sales")
