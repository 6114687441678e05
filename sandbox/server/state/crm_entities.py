"""Entities of RD Station CRM. v1 and v2 are two views of the same rows (rd_station.md B3, ids are the same)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class StageVisit:
    """One entry of a deal's stage history; `end` None while current."""

    id: str
    stage_id: str
    start: datetime
    end: datetime | None = None


@dataclass(slots=True)
class Deal:
    """A deal. `custom` maps labels to values as they were typed."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    stage_id: str
    pipeline_id: str
    organization_id: str | None = None
    contact_ids: list[str] = field(default_factory=list)
    user_id: str | None = None
    user_changed: bool = False
    amount_unique: float = 0.0
    amount_monthly: float = 0.0
    rating: int = 1
    from_rdsm: bool = False
    campaign_id: str | None = None
    source_id: str | None = None
    parent_deal_id: str | None = None
    custom: dict[str, Any] = field(default_factory=dict)
    prediction_date: str | None = None
    closed_at: datetime | None = None
    closed_by_id: str | None = None
    win: bool | None = None
    hold: bool | None = None
    lost_reason_id: str | None = None
    lost_note: str | None = None
    visits: list[StageVisit] = field(default_factory=list)
    products: list[dict[str, Any]] = field(default_factory=list)
    interactions: int = 0
    last_activity_at: datetime | None = None
    last_note: str | None = None
    # (instant, field, value) of each change of user_id, rating, status and lost_reason_id (of contact_ids: what was): CRMs that keep histories show it.
    trail: list[tuple[datetime, str, Any]] = field(default_factory=list)

    @property
    def status(self) -> str:
        """won, lost, ongoing or paused, as CRM v2 and webhooks say it."""
        if self.win is not None:
            return "won" if self.win else "lost"
        return "paused" if self.hold else "ongoing"

    @property
    def total(self) -> float:
        """Sum of the one-time and the monthly amount."""
        return self.amount_unique + self.amount_monthly


@dataclass(slots=True)
class Person:
    """A CRM contact."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    emails: list[str] = field(default_factory=list)
    phones: list[dict[str, Any]] = field(default_factory=list)
    title: str | None = None
    organization_id: str | None = None
    integration_id: str | None = None
    legal_bases: list[dict[str, Any]] = field(default_factory=list)
    birthday: str | None = None
    social: dict[str, str] = field(default_factory=dict)
    notes: str | None = None
    custom: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Organization:
    """A company in the CRM."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    url: str | None = None
    cnpj: str | None = None
    segment: str | None = None
    state: str | None = None
    city: str | None = None
    resume: str | None = None
    address: str | None = None
    user_id: str | None = None
    custom: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Task:
    """A task: the only trace of calls, e-mails and WhatsApp messages (rd_station.md B1)."""

    id: str
    deal_id: str
    type: str
    subject: str
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None = None
    user_ids: list[str] = field(default_factory=list)
    notes: str | None = None
    done: bool = False
    done_at: datetime | None = None
    done_by: str | None = None
    canceled: bool = False


@dataclass(slots=True)
class Note:
    """A free-text note on a deal; cannot be edited or removed."""

    id: str
    deal_id: str
    user_id: str | None
    text: str
    at: datetime
