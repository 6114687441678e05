"""The agreement between marketing and sales as typed data: one `Version` is one signed text.

Thresholds live here and nowhere else; SQL joins them by version. Names follow design section 5.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from contract.calendar_model import Calendar
from contract.clauses import Clause, OwnerAtBirth, RatingGiven, ResponseClock, ReturnedToNurture
from contract.clauses.base import Area
from contract.exceptions import Absence, Waiver
from contract.fields import Code, Day, Email, Instant, Sparse, Strict, Text
from contract.problems import KeyPath
from contract.sections.cadence import Cadence
from contract.sections.commitments import Commitment, Commitments
from contract.sections.give_back import GiveBack
from contract.sections.qualification import Criteria, Criterion, HotWhen, Icp, Qualification
from contract.sections.routing import Routing
from contract.sections.scoring import Scoring
from contract.sections.shared_goals import SharedGoal
from contract.sections.warning_signs import WarningSigns

__all__ = [
    "AgreementFile", "Area", "Cadence", "Commitment", "Commitments", "Consent", "Criteria", "Criterion", "GiveBack",
    "HotWhen", "Icp", "Metric", "NextStep", "Passage", "Qualification", "Reason", "ResponseClock", "Routing",
    "Scoring", "SharedGoal", "Signature", "Signatures", "SourceSystem", "Target", "Term", "Version", "WarningSigns",
]  # fmt: skip
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


class Reason(Sparse):
    """Why sales gives a lead back or loses it, and what follows."""

    OMITTED = frozenset({"flow"})

    code: Code = Field(description="stable code of the reason, as sem_timing")
    title: Text = Field(description="the reason, in both languages")
    next_step: NextStep = Field(description="nurture, suppress, recycle, merge or none")
    return_identifier: str | None = Field(
        None,
        min_length=1,
        description="conversion identifier that takes the lead back to nurture in RD Station",
    )
    flow: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9-]+$",
        description="id of the RD Station flow that the lead is put into: instead of the conversion, or after it",
    )
    labels: dict[SourceSystem, tuple[str, ...]] = Field(
        default_factory=dict, description="the reason as each system writes it"
    )

    @model_validator(mode="after")
    def _return_needs_a_way(self) -> Reason:
        if self.next_step == "nurture" and not (self.return_identifier or self.flow):
            raise ValueError(
                f"reason {self.code!r} goes back to nurture and has no return_identifier; add one, "
                f"as bastao-nutricao-{self.code.replace('_', '-')}, and start the RD Station flow from it"
            )
        if self.next_step != "nurture" and self.return_identifier:
            raise ValueError(
                f"reason {self.code!r} has a return_identifier and its next_step is {self.next_step!r}; "
                "remove the identifier or set next_step: nurture"
            )
        if self.next_step != "nurture" and self.flow:
            raise ValueError(
                f"reason {self.code!r} names a flow and its next_step is {self.next_step!r}; "
                "remove the flow or set next_step: nurture"
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


class Version(Sparse):
    """One version of the agreement, complete in itself and immutable once in force."""

    # Sections known since a later release: absent in the content of a version that does not use them.
    OMITTED = frozenset(
        {
            "icp", "routing", "owner", "cadence", "give_back", "rating", "nurture_return", "commitments",
            "scoring", "shared_goals", "warning_signs", "calendars_by_team", "calendars_by_seller",
        }
    )  # fmt: skip

    version: Code = Field(description="name of the version, as v1")
    effective_from: Instant = Field(
        description="instant from which it is in force, as 2026-01-01T00:00:00-03:00"
    )
    effective_until: Instant | None = Field(
        None, description="optional; must be the instant at which the next version starts"
    )
    signatures: Signatures = Field(description="who signed for each area")
    icp: Icp | None = Field(None, description="the ideal customer, for the reader")
    qualification: Qualification = Field(description="what an MQL and an SQL are")
    hot_when: HotWhen = Field(default_factory=HotWhen, description="when a lead is hot")  # type: ignore[arg-type]
    scoring: Scoring | None = Field(None, description="the score of a hand-over, from facts that data tell")
    routing: Routing | None = Field(None, description="who gets a lead that is handed over")
    owner: OwnerAtBirth | None = Field(None, description="how soon a handed-over lead has an owner")
    response_clocks: tuple[ResponseClock, ...] = Field((), description="the promises of time")
    cadence: Cadence | None = Field(None, description="attempts before a lead may be given back")
    give_back: GiveBack | None = Field(None, description="what a return to marketing needs")
    rating: RatingGiven | None = Field(None, description="how soon the seller grades the lead")
    nurture_return: ReturnedToNurture | None = Field(
        None, description="how soon a returned lead is back in nurture"
    )
    commitments: Commitments = Field(Commitments(), description="what each area promises for a month")  # type: ignore[call-arg]
    reasons: tuple[Reason, ...] = Field(min_length=1, description="reasons of rejection and loss")
    passage: Passage = Field(description="when a passage closes by inactivity")
    consent: Consent = Field(default_factory=Consent, description="consent policy of push-backs")  # type: ignore[arg-type]
    targets: tuple[Target, ...] = Field((), description="the figures both areas aim at")
    shared_goals: tuple[SharedGoal, ...] = Field((), description="what both areas reach together")
    warning_signs: WarningSigns = Field(  # type: ignore[assignment]
        WarningSigns(), description="from which figure on something looks wrong"
    )
    calendar: Code = Field(description="name of the business calendar, from `calendars`")
    calendars_by_team: dict[str, Code] = Field({}, description="calendar of a team of the CRM, by its name")
    calendars_by_seller: dict[Email, Code] = Field(
        {}, description="calendar of a seller, by e-mail; before the team's"
    )

    @model_validator(mode="after")
    def _period_has_length(self) -> Version:
        if self.effective_until is not None and self.effective_until <= self.effective_from:
            raise ValueError(f"version {self.version!r} ends before it starts; correct effective_until")
        return self

    def placed_clauses(self) -> list[tuple[KeyPath, Clause]]:
        """Every clause with the path of what makes it, in the order in which the document shows them."""
        found: list[tuple[KeyPath, Clause | None]] = [(("owner",), self.owner)]
        found += [(("response_clocks", index), clock) for index, clock in enumerate(self.response_clocks)]
        if self.cadence is not None:
            found += [
                (("cadence", "attempts"), self.cadence.made()),
                (("cadence", "order"), self.cadence.ordered()),
            ]
        if self.give_back is not None:
            found += [
                (("give_back", "reason"), self.give_back.registered()),
                (("give_back", "allowed"), self.give_back.after(self.cadence)),
            ]
        found += [(("rating",), self.rating), (("nurture_return",), self.nurture_return)]
        areas: tuple[Area, ...] = ("marketing", "sales")
        for area in areas:
            promises: tuple[Commitment, ...] = getattr(self.commitments, area)
            found += [
                (("commitments", area, index), promise.clause(area)) for index, promise in enumerate(promises)
            ]
        return [(path, clause) for path, clause in found if clause is not None]

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause of the version."""
        return tuple(clause for _, clause in self.placed_clauses())


class Term(Strict):
    """One entry of the glossary that both areas use."""

    term: Text = Field(description="the term, in both languages")
    meaning: Text = Field(description="its meaning, in both languages")


class AgreementFile(Strict):
    """One file of `<profile>/agreement/`. Each part may stand in any file."""

    versions: tuple[Version, ...] = Field((), description="versions of the agreement")
    calendars: dict[Code, Calendar] = Field(default_factory=dict, description="business calendars by name")
    glossary: tuple[Term, ...] = Field((), description="terms that both areas use")
    waivers: tuple[Waiver, ...] = Field((), description="what both areas agreed not to count")
    absences: tuple[Absence, ...] = Field((), description="when sellers are away")
