"""Section `scoring`: the agreement's own score, from facts that the systems can tell, and how it is reviewed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from contract.fields import Code, Sparse, Strict, Text

Part = Literal["fit", "interest"]
Signal = Literal["pages_viewed", "emails_opened", "links_clicked", "events_attended", "job_role", "company_size", "trial_started"]
ScoreKind = Literal["segment_in", "channel_in", "field_in", "conversion_in", "conversions_at_least", "signal"]
_KINDS: tuple[ScoreKind, ...] = ("segment_in", "channel_in", "field_in", "conversion_in", "conversions_at_least", "signal")


class ScoreWhen(Sparse):
    """What earns the points, on facts known at the hand-over. Exactly one kind; two of them have a second key."""

    OMITTED = frozenset({*_KINDS, "field", "within_days"})

    segment_in: tuple[str, ...] | None = Field(None, min_length=1, description="segments of the company, as Indústria")
    channel_in: tuple[Code, ...] | None = Field(None, min_length=1, description="channels, as paid_search")
    field: str | None = Field(None, min_length=1, description="of field_in: custom field of RD Station, as cf_porte_empresa")
    field_in: tuple[str, ...] | None = Field(None, min_length=1, description="values of that field, one of which it must have")
    conversion_in: tuple[str, ...] | None = Field(
        None, min_length=1, description="conversion identifiers (a form, a page), one of which the person must have"
    )
    conversions_at_least: int | None = Field(None, ge=1, description="how many conversions the person must have")
    within_days: int | None = Field(
        None, ge=1, le=3650, description="of conversions: only those in so many days before the hand-over"
    )
    signal: Signal | None = Field(
        None, description="a signal that no source tells yet, as emails_opened: it is shown as not readable"
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> ScoreWhen:
        given = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            what = " and ".join(given) if given else "nothing"
            raise ValueError(f"points are earned by one thing, and these by {what}; write one of {', '.join(_KINDS)}")
        if (self.field is not None) != (self.kind == "field_in"):
            raise ValueError("field and field_in go together; write field: cf_porte_empresa, field_in: [100 a 499 funcionários]")
        if self.within_days is not None and not self.kind.startswith("conversion"):
            raise ValueError("within_days belongs to conversion_in and conversions_at_least; remove it")
        return self

    @property
    def kind(self) -> ScoreKind:
        """The key that was written."""
        return next(kind for kind in _KINDS if getattr(self, kind) is not None)

    @property
    def values(self) -> tuple[str, ...]:
        """The list, or the signal; empty for a number of conversions."""
        if self.signal is not None:
            return (self.signal,)
        return self.segment_in or self.channel_in or self.field_in or self.conversion_in or ()


class ScoreRule(Strict):
    """Points for one fact."""

    id: Code = Field(description="stable identifier of the rule, as pediu_orcamento")
    part: Part = Field(description="fit (who it is) or interest (what it did)")
    title: Text = Field(description="the fact, in both languages")
    when: ScoreWhen = Field(description="how the data tell it")
    points: int = Field(ge=1, le=100, description="points that it earns")


class ScoreReview(Strict):
    """From which sample on the monthly review may propose other points."""

    least_sample: int = Field(30, ge=10, description="hand-overs that must stand on each side of a rule")


class Scoring(Sparse):
    """The score of a hand-over: the sum of the points of its facts."""

    OMITTED = frozenset({"review"})

    rules: tuple[ScoreRule, ...] = Field(min_length=1, description="the facts and their points")
    bands: tuple[int, ...] = Field(
        min_length=1, max_length=5, description="score from which each band begins, rising: [40, 70] makes C, B and A"
    )
    review: ScoreReview = Field(ScoreReview(), description="from which sample on other points are proposed")  # type: ignore[call-arg]

    @model_validator(mode="after")
    def _in_order(self) -> Scoring:
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise ValueError(f"{rule.id!r} appears twice under scoring; keep one, or rename this one")
            seen.add(rule.id)
        if list(self.bands) != sorted(set(self.bands)) or self.bands[0] < 1:
            raise ValueError("bands must rise and begin above 0; write them as [40, 70]")
        total = sum(rule.points for rule in self.rules)
        if self.bands[-1] > total:
            raise ValueError(f"the best band begins at {self.bands[-1]} and all rules together earn {total}; lower it")
        return self

    def named_bands(self) -> tuple[tuple[str, int], ...]:
        """(letter, first score), best first: A, B, …; the last one begins at 0."""
        starts = (*reversed(self.bands), 0)
        return tuple((chr(ord("A") + place), start) for place, start in enumerate(starts))
