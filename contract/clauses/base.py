"""What all clauses share: one promise of one area, as typed data and as a row of `raw_agreement.clauses`."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from contract.fields import Code, Sparse, Text

Area = Literal["marketing", "sales"]
Clock = Literal["elapsed", "business"]
Audience = Literal["all", "hot", "other"]
Temperature = Literal["hot", "other"]
AttemptChannel = Literal["call", "whatsapp", "email", "meeting", "visit"]
SubjectType = Literal["handoff", "month"]
Rows = list[dict[str, Any]]

AREA = "the area that owes it: marketing or sales"
CLOCK = "elapsed (every hour counts) or business (working hours)"


class Clause(Sparse):
    """One rule that one area owes the other. Each kind is a subclass in a module of its own."""

    OMITTED = frozenset({"id", "title"})
    kind: ClassVar[str]
    subject_type: ClassVar[SubjectType] = "handoff"

    id: Code = Field(description="stable identifier of the clause")
    title: Text = Field(description="the clause as people call it, in both languages")
    area: Area = Field("sales", description=AREA)

    @property
    def starts_at(self) -> str:
        """The instant that starts it, as a column of `fct_handoffs`; `month` for clauses about a month."""
        return "month" if self.subject_type == "month" else "mql_at"

    def row(self) -> dict[str, Any]:
        """The row of `raw_agreement.clauses`, without the version; absent columns are null."""
        return {
            "clause_id": self.id,
            "clause_kind": self.kind,
            "area": self.area,
            "title_pt": self.title.pt,
            "title_en": self.title.en,
            "applies_to": "all",
            "subject_type": self.subject_type,
            "starts_at": self.starts_at,
            "earlier_contact": False,
            "pause_owner_absent": False,
            **self.parameters(),
        }

    def parameters(self) -> dict[str, Any]:
        """The columns of the row that this kind fills by itself."""
        return {}

    def side_rows(self) -> dict[str, Rows]:
        """Rows of other tables that belong to the clause, by table, without version and clause id."""
        return {}


def temperature_of(audience: str) -> str | None:
    """The temperature that an audience means; None for any."""
    return audience if audience in ("hot", "other") else None


def numbered(channels: tuple[AttemptChannel, ...]) -> Rows:
    """Rows of `cadence_steps`: channels in order, counted from 1."""
    return [{"step_no": number, "channel": channel} for number, channel in enumerate(channels, start=1)]
