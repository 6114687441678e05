"""The agreement between marketing and sales as typed data: one `Version` is one signed text.

Thresholds live here and nowhere else; SQL joins them by version. Names follow design section 5.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from contract.calendar_model import Calendar
from contract.fields import Code, Day, Instant, Seconds, Strict, Text

Area = Literal["marketing", "sales"]
NextStep = Literal["nurture", "suppress", "recycle", "merge", "none"]
SourceSystem = Literal["rd_station_crm", "hubspot", "salesforce", "pipedrive", "protheus", "files"]
Metric = Literal[
    "mql_to_sql",
    "first_contact_hot_seconds",
    "first_contact_other_seconds",
    "close_rate",
    "ltv_cac",
    "nrr",
    "acceptance",
    "sqls_delivered",
]
SHARES: frozenset[str] = frozenset({"mql_to_sql", "close_rate", "acceptance"})


class Signature(Strict):
    """Who signed for one area, and when."""

    name: str = Field(min_length=1, description="name of the person who signed")
    role: str = Field(min_length=1, description="role of the person who signed")
    signed_on: Day = Field(description="date of the signature, as 2025-12-15")


class Signatures(Strict):
    """One signature for each area: without both there is no agreement."""

    marketing: Signature = Field(description="who signed for marketing")
    sales: Signature = Field(description="who signed for sales")


class Criterion(Strict):
    """One objective, measurable condition of an MQL or an SQL."""

    title: Text = Field(description="the condition, in both languages")
    measured_by: Text = Field(description="where the data to decide it stands, in both languages")


class Criteria(Strict):
    """What a lead must satisfy; all conditions hold together."""

    criteria: tuple[Criterion, ...] = Field(min_length=1, description="the conditions")


class Qualification(Strict):
    """What an MQL and an SQL are."""

    mql: Criteria = Field(description="conditions of an MQL")
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


class ResponseClock(Strict):
    """One promise of sales: contact within a time. Kind `response_time`."""

    id: Code = Field(description="stable identifier of the clause, as first_contact_hot")
    title: Text = Field(description="the promise, in both languages")
    area: Area = Field("sales", description="the area that owes it")
    applies_to: Literal["hot", "other", "sql"] = Field(description="hot, other (by temperature) or sql")
    clock: Literal["elapsed", "business"] = Field(
        description="elapsed (every hour counts) or business (working hours)"
    )
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

    @property
    def starts_at(self) -> str:
        """The instant that starts the clock: `sql_at` for SQL clauses, else `mql_at`."""
        return "sql_at" if self.applies_to == "sql" else "mql_at"

    @property
    def kind(self) -> str:
        """Clause kind, as in `fct_sla_verdicts`."""
        return "response_time"

    @field_validator("limit", mode="before")
    @classmethod
    def _no_working_days(cls, value: Any, info: ValidationInfo) -> Any:
        if info.data.get("clock") == "business" and str(value).strip().endswith("d"):
            raise ValueError(
                f"{value!r} on a business clock: a working day has no fixed length; write working hours, as 9 h"
            )
        return value


class Reason(Strict):
    """Why sales gives a lead back or loses it, and what follows."""

    code: Code = Field(description="stable code of the reason, as sem_timing")
    title: Text = Field(description="the reason, in both languages")
    next_step: NextStep = Field(description="nurture, suppress, recycle, merge or none")
    return_identifier: str | None = Field(
        None,
        min_length=1,
        description="conversion identifier that takes the lead back to nurture in RD Station",
    )
    labels: dict[SourceSystem, tuple[str, ...]] = Field(
        default_factory=dict, description="the reason as each system writes it"
    )

    @model_validator(mode="after")
    def _return_needs_identifier(self) -> Reason:
        if self.next_step == "nurture" and not self.return_identifier:
            raise ValueError(
                f"reason {self.code!r} goes back to nurture and has no return_identifier; add one, "
                f"as bastao-nutricao-{self.code.replace('_', '-')}, and start the RD Station flow from it"
            )
        if self.next_step != "nurture" and self.return_identifier:
            raise ValueError(
                f"reason {self.code!r} has a return_identifier and its next_step is {self.next_step!r}; "
                "remove the identifier or set next_step: nurture"
            )
        return self


class Target(Strict):
    """A figure both areas aim at. Shares are written from 0 to 1."""

    metric: Metric = Field(description="name of the headline metric")
    target: float = Field(gt=0, description="the figure: 0.70 for 70 %, seconds for times")
    direction: Literal["at_least", "at_most"] = Field(description="at_least or at_most")
    unit: Literal["share", "seconds", "ratio", "per_month"] = Field(
        description="share, seconds, ratio or per_month"
    )

    @model_validator(mode="after")
    def _share_is_a_share(self) -> Target:
        if self.metric in SHARES and self.unit != "share":
            raise ValueError(f"target {self.metric!r} is a share; write unit: share")
        if self.metric in SHARES and self.target > 1:
            raise ValueError(
                f"target {self.metric!r} is {self.target:g}; write a share from 0 to 1 (0.70 for 70 %)"
            )
        return self


class Consent(Strict):
    """What a push-back may do with a person whose consent is not known. A refusal always refuses."""

    unknown: Literal["refuse", "allow"] = Field("refuse", description="refuse or allow")


class Passage(Strict):
    """How long a passage may stand still before it closes by agreement."""

    inactivity_days: int = Field(
        ge=1, le=3650, description="days without a deal after which a passage closes"
    )


class Version(Strict):
    """One version of the agreement, complete in itself and immutable once in force."""

    version: Code = Field(description="name of the version, as v1")
    effective_from: Instant = Field(
        description="instant from which it is in force, as 2026-01-01T00:00:00-03:00"
    )
    effective_until: Instant | None = Field(
        None, description="optional; must be the instant at which the next version starts"
    )
    signatures: Signatures = Field(description="who signed for each area")
    qualification: Qualification = Field(description="what an MQL and an SQL are")
    hot_when: HotWhen = Field(default_factory=HotWhen, description="when a lead is hot")  # type: ignore[arg-type]
    response_clocks: tuple[ResponseClock, ...] = Field((), description="the promises of time")
    reasons: tuple[Reason, ...] = Field(min_length=1, description="reasons of rejection and loss")
    passage: Passage = Field(description="when a passage closes by inactivity")
    consent: Consent = Field(default_factory=Consent, description="consent policy of push-backs")  # type: ignore[arg-type]
    targets: tuple[Target, ...] = Field((), description="the figures both areas aim at")
    calendar: Code = Field(description="name of the business calendar, from `calendars`")

    @model_validator(mode="after")
    def _period_has_length(self) -> Version:
        if self.effective_until is not None and self.effective_until <= self.effective_from:
            raise ValueError(f"version {self.version!r} ends before it starts; correct effective_until")
        return self


class Term(Strict):
    """One entry of the glossary that both areas use."""

    term: Text = Field(description="the term, in both languages")
    meaning: Text = Field(description="its meaning, in both languages")


class AgreementFile(Strict):
    """One file of `<profile>/agreement/`. Versions, calendars and glossary may stand in any file."""

    versions: tuple[Version, ...] = Field((), description="versions of the agreement")
    calendars: dict[Code, Calendar] = Field(default_factory=dict, description="business calendars by name")
    glossary: tuple[Term, ...] = Field((), description="terms that both areas use")
