"""Deals of the company as Pipedrive sees them: a lead first, then a deal, with every change of the deal."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha1
from typing import TYPE_CHECKING, Any

from sandbox.events import Event
from sandbox.server.ids import number_of, uuid_of
from sandbox.server.state.crm_entities import Deal

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

KEPT_DAYS = 30  # a deleted deal is listed as deleted this long


def field_key(label: str) -> str:
    """The 40 hexadecimal digits of a custom field."""
    return sha1(f"pipedrive|{label}".encode(), usedforsecurity=False).hexdigest()


RATING, LEAD_REASON, PARENT, RD_UUID, CPF, CNPJ = (
    field_key(label) for label in ("Nota do vendedor", "Motivo de descarte", "Negócio de origem", "RD Station uuid", "CPF", "CNPJ")
)
DECISION_DATE = field_key("Prazo de decisão")  # a field that is defined and nobody fills


def kept(sandbox: "Sandbox", fields: dict[str, Any]) -> dict[str, Any]:
    """Custom fields by key, without those that somebody deleted."""
    return {key: value for key, value in fields.items() if key not in sandbox.config.pipedrive_missing_fields}


def number(kind: str, key: str | None) -> int | None:
    """The integer id of a row of ours; None for none."""
    return None if key is None else number_of("pipedrive", kind, key, low=1, high=2**45)


def lead_key(deal_id: str) -> str:
    """The UUID of the lead that a deal was."""
    return uuid_of("pipedrive-lead", deal_id)


def v2_time(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, whole seconds."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def v1_time(at: datetime | None) -> str | None:
    """`YYYY-MM-DD HH:MM:SS`, UTC."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


@dataclass(slots=True)
class Change:
    """One row of the changelog; values as our state has them."""

    at: datetime
    key: str
    old: Any
    new: Any


@dataclass(slots=True)
class Passage:
    """A deal of ours. `converted_at` None: still a lead. `added_at`: when the Pipedrive deal came to be."""

    deal: Deal
    is_lead: bool
    created_at: datetime
    updated_at: datetime
    converted_at: datetime | None = None
    lead_updated_at: datetime | None = None
    archived: bool = False
    stage_changed_at: datetime | None = None
    changes: list[Change] = field(default_factory=list)
    deleted_at: datetime | None = None

    @property
    def added_at(self) -> datetime:
        return self.converted_at or self.created_at


def fold(deal: Deal, events: list[Event], intake: str | None, deleted_at: datetime | None) -> Passage:
    """The passage that the events of one deal make; `intake` is the stage in which deals are leads."""
    first = events[0]
    passage = Passage(deal, first.data["stage_id"] == intake, first.at, first.at, deleted_at=deleted_at)
    now: dict[str, Any] = {
        "stage_id": first.data["stage_id"], "owner_id": first.data.get("user_id"), "status": "open", "lost_reason": None,
        RATING: first.data.get("rating", 1),
    }  # fmt: skip

    def put(at: datetime, key: str, value: Any) -> None:
        old, now[key] = now[key], value
        if old != value and not passage.is_lead:
            passage.changes.append(Change(at, key, old, value))

    for event in events[1:]:
        data, kind = event.data, event.kind.removeprefix("crm.deal_")
        if passage.is_lead and ((kind == "stage" and data["stage_id"] != intake) or (kind == "closed" and data["win"])):
            passage.is_lead, passage.archived, passage.converted_at = False, False, event.at
            now["status"], now["lost_reason"] = "open", None
            if kind == "stage":
                now["stage_id"] = data["stage_id"]
        passage.updated_at = event.at
        if passage.is_lead:
            passage.lead_updated_at = event.at
        if kind == "updated":
            if "user_id" in data:
                put(event.at, "owner_id", data["user_id"])
            if "rating" in data:
                put(event.at, RATING, data["rating"])
        elif kind == "stage":
            if now["stage_id"] != data["stage_id"]:
                passage.stage_changed_at = event.at
            put(event.at, "stage_id", data["stage_id"])
        elif kind == "closed":
            put(event.at, "status", "won" if data["win"] else "lost")
            put(event.at, "lost_reason", None if data["win"] else data.get("lost_reason_id"))
            passage.archived = passage.is_lead
        elif kind == "reopened":
            put(event.at, "status", "open")
            put(event.at, "lost_reason", None)
            passage.archived = False
    return passage


def passages(sandbox: "Sandbox") -> list[Passage]:
    """Every passage, deleted deals of the last days too; folded anew only when something happened to it."""
    crm, memory = sandbox.engine.crm, sandbox.pipedrive.passages

    def build() -> list[Passage]:
        pipelines = sorted(sandbox.engine.reference.list("pipelines"), key=lambda row: row.get("order", 1))
        intake = pipelines[0]["stages"][0]["id"] if pipelines and pipelines[0]["stages"] else None
        found = []
        for key, events in crm.deal_events.items():
            known = memory.get(key)
            if known is None or known[0] != len(events):
                gone = crm.gone["deals"].get(key)
                deal = crm.deals.get(key) or (gone[0] if gone else None)
                if deal is None:
                    continue
                known = memory[key] = (len(events), fold(deal, events, intake, gone[1] if gone and key not in crm.deals else None))
            found.append(known[1])
        return found

    return list(sandbox.cached(("pipedrive", "passages"), build))


def by_number(sandbox: "Sandbox", kind: str) -> dict[int, str]:
    """Our ids by Pipedrive's, of deals, persons, organizations, activities, users, stages and pipelines."""
    reference, crm = sandbox.engine.reference, sandbox.engine.crm
    rows: dict[str, Any] = {
        "deal": crm.deals, "person": crm.persons, "organization": crm.organizations, "activity": crm.tasks,
        "user": [row["id"] for row in reference.list("users")], "stage": reference.stages,
    }  # fmt: skip
    return dict(sandbox.cached(("pipedrive", "ids", kind), lambda: {number(kind, key): key for key in rows[kind]}))
