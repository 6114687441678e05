"""Associations: batch read of the fourth version and the labels that the funnel needs (contract 3.3, 3.4)."""

from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response
from sandbox.server.hubspot import errors
from sandbox.server.hubspot.base import add, batch, body_of, find, object_type, singular
from sandbox.server.hubspot.records import Record, converted_at, has_lead, number, records
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Task

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

INPUTS = 1000
# (from, to) -> (type id of the primary association or None, type id)
TYPES = {
    ("contacts", "companies"): (1, 279), ("companies", "contacts"): (2, 280), ("contacts", "deals"): (None, 4),
    ("deals", "contacts"): (None, 3), ("deals", "companies"): (5, 341), ("companies", "deals"): (6, 342),
    ("leads", "contacts"): (578, 608), ("leads", "companies"): (580, 610), ("leads", "deals"): (582, 1037),
}  # fmt: skip


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "POST", "/crm/associations/{version}/{from}/{to}/batch/read", batch_read)


def linked(sandbox: "Sandbox", record: Record, target: str) -> list[str]:
    """Ids of the records of `target` that a record is associated with, the primary one first. Archived ones have none."""
    if record.archived is not None:
        return []
    crm, entity = sandbox.engine.crm, record.entity
    if isinstance(entity, Task):
        deal = crm.deals.get(entity.deal_id)
        if target == "leads" and deal and has_lead(sandbox, deal):
            return [number("leads", deal.id)]
        made = converted_at(sandbox, deal) if deal else None
        since = entity.done_at or entity.created_at
        return [number("deals", deal.id)] if target == "deals" and deal and made and made <= max(since, entity.created_at) else []
    if record.kind in ("leads", "deals"):
        if target == "contacts":
            return [number("contacts", key) for key in entity.contact_ids]
        if target == "companies":
            return [number("companies", entity.organization_id)] if entity.organization_id in crm.organizations else []
        if target == "deals" and record.kind == "leads":
            return [number("deals", entity.id)] if converted_at(sandbox, entity) else []
        return [number("leads", entity.id)] if target == "leads" and has_lead(sandbox, entity) else []
    if record.kind == "contacts" and target == "companies":
        return [number("companies", entity.organization_id)] if entity.organization_id in crm.organizations else []
    of = crm.deals_of_person if record.kind == "contacts" else crm.deals_of_organization
    if target in ("deals", "leads"):
        return [key for deal in sorted(of.get(entity.id, ())) if (key := number(target, deal)) in records(sandbox, target)]
    if record.kind == "companies" and target == "contacts":
        return [number("contacts", key) for key in sorted(crm.persons_of_organization.get(entity.id, ()))]
    return []


def batch_read(sandbox: "Sandbox", request: Request) -> Response:
    """POST batch/read: a record without associations is an error beside the results (by most evidence), never a failure."""
    source, target = object_type(sandbox, request, "from"), object_type(sandbox, request, "to")
    inputs = body_of(request).get("inputs")
    if not isinstance(inputs, list) or len(inputs) > INPUTS:
        raise errors.invalid("too many inputs, or none")
    results: list[Any] = []
    problems: list[dict[str, Any]] = []
    for entry in inputs:
        key = str(entry.get("id"))
        record = find(sandbox, source, key)
        keys = linked(sandbox, record, target) if record else []
        if not keys:
            problems.append(_none(source, target, key))
            continue
        to = [{"toObjectId": int(one) if sandbox.config.hubspot_number_ids else one,
               "associationTypes": _types(source, target, position == 0)} for position, one in enumerate(keys)]  # fmt: skip
        results.append({"from": {"id": record.id if record else key}, "to": to})
    return batch(sandbox, results, problems)


def _types(source: str, target: str, primary: bool) -> list[dict[str, Any]]:
    first, plain = TYPES.get((source, target), (None, 9))
    rows = [{"category": "HUBSPOT_DEFINED", "typeId": plain, "label": None}]
    if primary and first:
        rows.insert(0, {"category": "HUBSPOT_DEFINED", "typeId": first, "label": "Primary"})
    return rows


def _none(source: str, target: str, key: str) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {target} is associated with {source} {key}",
        "context": {"fromObjectId": [key], "fromObjectType": [singular(source)], "toObjectType": [singular(target)]},
    }


