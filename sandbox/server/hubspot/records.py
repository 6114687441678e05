"""The company's CRM as HubSpot records: another view on the very same `CrmState`.

A deal of the company is a lead while it is in the first stages of the sales pipeline (switch `hubspot_lead_stages`); when it
goes further or is won, a HubSpot deal comes into being beside it and the lead rests. A task that is done is an activity of
its kind; one that is still to be done is a HubSpot task.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sandbox.server.ids import number_of
from sandbox.server.state.crm_entities import Deal

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

OBJECTS = ("contacts", "companies", "leads", "deals", "calls", "emails", "meetings", "tasks", "communications")
ACTIVITIES = {
    "call": "calls", "email": "emails", "meeting": "meetings", "visit": "meetings", "lunch": "meetings",
    "whatsapp": "communications",
}  # fmt: skip
TYPE_IDS = {
    "0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-136": "leads", "0-48": "calls", "0-49": "emails",
    "0-47": "meetings", "0-27": "tasks", "0-18": "communications",
}  # fmt: skip
CREATED = {"contacts": "createdate", "companies": "createdate", "deals": "createdate"}


@lru_cache(maxsize=500_000)
def number(kind: str, key: str) -> str:
    """The HubSpot id of a thing: numeric text, up to 64 bits."""
    return str(number_of("hubspot", kind, key, low=10**9, high=10**14))


@dataclass(slots=True, frozen=True)
class Record:
    """One HubSpot record and the entity behind it. `into`: id of the record it was merged into."""

    id: str
    kind: str
    entity: Any
    created: datetime
    updated: datetime
    archived: datetime | None = None


def created_property(kind: str) -> str:
    """`createdate` or `hs_createdate` (3.3)."""
    return CREATED.get(kind, "hs_createdate")


def modified_property(kind: str) -> str:
    """`lastmodifieddate` on contacts, `hs_lastmodifieddate` on everything else (3.3)."""
    return "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"


def records(sandbox: "Sandbox", kind: str) -> dict[str, Record]:
    """Every record of an object type by id, archived ones too."""

    def build() -> dict[str, Record]:
        return {record.id: record for record in _build(sandbox, kind)}

    key = ("hubspot", kind, sandbox.config.hubspot_lead_stages, sandbox.config.hubspot_leads)
    found: dict[str, Record] = sandbox.cached(key, build)
    return found


def _build(sandbox: "Sandbox", kind: str) -> Iterable[Record]:
    crm = sandbox.engine.crm
    if kind in ("contacts", "companies"):
        live, gone = (crm.persons, "persons") if kind == "contacts" else (crm.organizations, "organizations")
        for entity, at in [*((one, None) for one in live.values()), *crm.gone[gone].values()]:
            yield Record(number(kind, entity.id), kind, entity, entity.created_at, at or entity.updated_at, at)
        return
    if kind in ("leads", "deals"):
        for deal, at in [*((one, None) for one in crm.deals.values()), *crm.gone["deals"].values()]:
            if record := (_lead if kind == "leads" else _deal)(sandbox, deal, at):
                yield record
        return
    for task, at in [*((one, None) for one in crm.tasks.values()), *crm.gone["tasks"].values()]:
        done_as = ACTIVITIES.get(task.type)
        if kind == "tasks" and not (task.done and done_as):
            yield Record(number(kind, task.id), kind, task, task.created_at, at or task.updated_at, at)
        elif kind == "tasks":  # what was a reminder is an activity now
            yield Record(number(kind, task.id), kind, task, task.created_at, task.updated_at, task.updated_at)
        elif task.done and done_as == kind:
            yield Record(number(kind, task.id), kind, task, task.created_at, at or task.updated_at, at)


def _lead(sandbox: "Sandbox", deal: Deal, gone_at: datetime | None) -> Record | None:
    if not has_lead(sandbox, deal):
        return None
    updated = converted_at(sandbox, deal) or deal.updated_at
    return Record(number("leads", deal.id), "leads", deal, deal.created_at, gone_at or updated, gone_at)


def _deal(sandbox: "Sandbox", deal: Deal, gone_at: datetime | None) -> Record | None:
    created = converted_at(sandbox, deal)
    if created is None:
        return None
    return Record(number("deals", deal.id), "deals", deal, created, gone_at or max(deal.updated_at, created), gone_at)


def lead_stages(sandbox: "Sandbox") -> list[dict[str, Any]]:
    """The stages of the first pipeline that belong to leads."""
    pipelines = sorted(sandbox.engine.reference.list("pipelines"), key=lambda row: row.get("order", 1))
    if not pipelines or not sandbox.config.hubspot_leads:
        return []
    return list(pipelines[0]["stages"][: sandbox.config.hubspot_lead_stages])


def has_lead(sandbox: "Sandbox", deal: Deal) -> bool:
    """Whether the deal began as a lead."""
    first = deal.visits[0].stage_id if deal.visits else deal.stage_id
    return first in {stage["id"] for stage in lead_stages(sandbox)}


def converted_at(sandbox: "Sandbox", deal: Deal) -> datetime | None:
    """When the HubSpot deal came into being: the first stage beyond the lead's, or a win; its creation without a lead."""
    if not has_lead(sandbox, deal):
        return deal.created_at
    early = {stage["id"] for stage in lead_stages(sandbox)}
    beyond = [visit.start for visit in deal.visits if visit.stage_id not in early]
    won = [at for at, name, value in deal.trail if name == "status" and value == "won"]
    return min([*beyond, *won], default=None)
