"""One alert of the plan, read once and checked: what happened, by which clause, until when, and who must act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, get_args

from activation.ports import PlanRow

Kind = Literal["hot_waiting", "about_to_breach", "breach", "win", "delivery_degraded"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True)
class Alert:
    """Instants are aware UTC. `remaining_seconds` is the clock's own time left (working time on a business clock),
    negative when it ran out. `sync`, `reason` and `status` are of a push-back that is not well. `who` and `about` are labels that the company allows in a chat, never more."""

    key: str
    kind: Kind
    happened_at: datetime
    clause: str | None = None
    version: str | None = None
    due_at: datetime | None = None
    remaining_seconds: int | None = None
    clock: str = "elapsed"
    who: str | None = None
    about: str | None = None
    channel: str | None = None
    amount: Decimal | None = None
    currency: str = "BRL"
    url: str | None = None
    sync: str | None = None
    reason: str | None = None
    status: str | None = None


def problem_of(row: PlanRow) -> str | None:
    """Why a plan row is no alert (a code), or None."""
    kind = row.payload.get("kind")
    if kind not in KINDS:
        return "unknown_kind"
    if kind == "delivery_degraded":
        return None if row.payload.get("about_sync") else "no_sync"
    return "no_clause" if kind != "win" and not row.payload.get("clause_title_pt") else None


def read(row: PlanRow, locale: str) -> Alert:
    """The alert of a row that has no problem. Columns: those of `plan_messages`."""
    values = row.payload
    remaining = values.get("remaining_seconds")
    amount = values.get("amount")
    return Alert(
        key=f"{row.subject_id}:{row.occurrence}",
        kind=values["kind"],
        happened_at=row.happened_at,
        clause=_text(values.get("clause_title_en" if locale == "en" else "clause_title_pt")),
        version=_text(values.get("agreement_version")),
        due_at=_instant(values.get("due_at")),
        remaining_seconds=None if remaining is None else int(remaining),
        clock=str(values.get("clock") or "elapsed"),
        who=_text(values.get("seller_label")),
        about=_text(values.get("about")),
        channel=_text(values.get("channel_label")),
        amount=None if amount is None else Decimal(str(amount)),
        currency=str(values.get("currency") or "BRL"),
        url=_text(values.get("url")),
        sync=_text(values.get("about_sync")),
        reason=_text(values.get("health_reason")),
        status=_text(values.get("health_status")),
    )


def _text(value: Any) -> str | None:
    return None if value is None or not str(value).strip() else str(value)


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
