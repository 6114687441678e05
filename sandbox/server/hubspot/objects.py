"""Objects: listing, one record, batch read, archive, merge, and the few writes that tests and owners need (contract 3.2, 3.3)."""

from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.hubspot import errors
from sandbox.server.hubspot.associations import linked
from sandbox.server.hubspot.base import add, batch, body_of, envelope, find, object_type, singular
from sandbox.server.hubspot.records import Record, number, records
from sandbox.server.routing import Router

if TYPE_CHECKING:
    from sandbox.server.core import Change, Sandbox

DEFAULT_LIMIT, LIMIT, HISTORY_LIMIT, BATCH = 10, 100, 50, 100
OBJECT = "/crm/objects/{version}/{type}"


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", OBJECT, list_objects)
    add(router, base, "GET", f"{OBJECT}/{{id}}", read)
    add(router, base, "PATCH", f"{OBJECT}/{{id}}", update)
    add(router, base, "DELETE", f"{OBJECT}/{{id}}", archive)
    add(router, base, "POST", f"{OBJECT}/batch/read", batch_read)
    add(router, base, "POST", f"{OBJECT}/merge", merge)


def _names(request: Request, key: str) -> list[str]:
    return [name for value in request.query_all(key) for name in value.split(",") if name]


def _flag(request: Request) -> bool:
    return (request.query("archived") or "false").lower() == "true"


def list_objects(sandbox: "Sandbox", request: Request) -> Response:
    """GET: by id; `after` is the id that the next page starts with."""
    kind, archived = object_type(sandbox, request), _flag(request)
    history = _names(request, "propertiesWithHistory")
    most = HISTORY_LIMIT if history else LIMIT
    try:
        limit, after = int(request.query("limit") or DEFAULT_LIMIT), int(request.query("after") or 0)
    except ValueError:
        raise errors.invalid("limit and after must be numbers") from None
    if not 1 <= limit <= most:
        raise errors.invalid(f"limit must be between 1 and {most}")

    def build() -> list[Record]:
        chosen = (one for one in records(sandbox, kind).values() if (one.archived is not None) is archived)
        return sorted(chosen, key=lambda one: int(one.id))

    rows = [one for one in sandbox.cached(("hubspot-list", kind, archived), build) if int(one.id) >= after]
    shown = rows[:limit]
    results = [
        envelope(sandbox, one, _names(request, "properties"), history) | _associations(sandbox, request, one) for one in shown
    ]
    body: dict[str, Any] = {"results": results}
    if len(rows) > limit:
        following = rows[limit].id
        query = "&".join(f"{key}={value}" for key, value in request.pairs if key != "after")
        link = f"http://{request.host}{request.path}?{query}&after={following}"
        body["paging"] = {"next": {"after": following, "link": link}}
    return reply(body)


def _associations(sandbox: "Sandbox", request: Request, record: Record) -> dict[str, Any]:
    found = {}
    for target in _names(request, "associations"):
        kind = f"{singular(record.kind)}_to_{singular(target)}"
        if rows := linked(sandbox, record, target):
            found[target] = {"results": [{"id": key, "type": kind} for key in rows]}
    return {"associations": found} if found else {}


def _need(sandbox: "Sandbox", request: Request, archived: bool = False) -> Record:
    found = find(sandbox, object_type(sandbox, request), request.params["id"])
    if found is None or (found.archived is not None) is not archived:
        raise errors.not_found()
    return found


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET one record; after a merge the `id` is that of the one that stayed."""
    record = _need(sandbox, request, _flag(request))
    body = envelope(sandbox, record, _names(request, "properties"), _names(request, "propertiesWithHistory"))
    return reply(body | _associations(sandbox, request, record))


def batch_read(sandbox: "Sandbox", request: Request) -> Response:
    """POST batch/read: 100 inputs, 50 with history; unknown ids are errors beside the results."""
    kind, body, archived = object_type(sandbox, request), body_of(request), _flag(request)
    history = list(body.get("propertiesWithHistory") or [])
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or len(inputs) > (HISTORY_LIMIT if history else BATCH):
        raise errors.invalid("too many inputs, or none")
    results, missing = [], []
    for entry in inputs:
        found = find(sandbox, kind, str(entry.get("id")))
        if found is None or (found.archived is not None) is not archived:
            missing.append(str(entry.get("id")))
            continue
        results.append(envelope(sandbox, found, list(body.get("properties") or []), history))
    problem = {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some records",
               "context": {"ids": missing}}  # fmt: skip
    unique = list({row["id"]: row for row in results}.values())
    return batch(sandbox, unique, [problem] if missing else [])


def _change(sandbox: "Sandbox", record: Record, values: dict[str, Any]) -> "Change":
    owners = {number("users", row["id"]): row["id"] for row in sandbox.engine.reference.list("users")}
    data: dict[str, Any] = {}
    if values.get("hubspot_owner_id") in owners:
        data["user_id"] = owners[values["hubspot_owner_id"]]
    if values.get("nota_do_vendedor") not in (None, ""):
        data["rating"] = int(values["nota_do_vendedor"])
    if "jobtitle" in values:
        data["title"] = values["jobtitle"]
    if not data:
        raise errors.invalid("no property of this request can be written here", "PROPERTY_DOESNT_EXIST")
    if record.kind == "contacts":
        return "crm.contact_updated", {**data, "contact_id": record.entity.id}
    return "crm.deal_updated", {**data, "deal_id": record.entity.id}


def update(sandbox: "Sandbox", request: Request) -> Response:
    """PATCH of a contact, lead or deal: owner, rating, job title."""
    record = _need(sandbox, request)
    if record.kind not in ("contacts", "leads", "deals"):
        raise errors.invalid(f"{record.kind} cannot be written here")
    body = body_of(request)
    sandbox.commit(request, "hubspot", [_change(sandbox, record, body.get("properties") or {})], body=body)
    return reply(envelope(sandbox, records(sandbox, record.kind)[record.id], list(body.get("properties") or {})))


def archive(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE: into the recycle bin."""
    record = _need(sandbox, request)
    kinds = {"contacts": ("contact", "contact_id"), "companies": ("organization", "organization_id")}
    name, key = kinds.get(record.kind, ("deal", "deal_id") if record.kind in ("leads", "deals") else ("task", "task_id"))
    sandbox.commit(request, "hubspot", [(f"crm.{name}_deleted", {key: record.entity.id})])
    return empty()


def merge(sandbox: "Sandbox", request: Request) -> Response:
    """POST contacts/merge: `objectIdToMerge` is absorbed by `primaryObjectId`."""
    kind, body = object_type(sandbox, request), body_of(request)
    known = records(sandbox, kind)
    gone, into = (known.get(str(body.get(key))) for key in ("objectIdToMerge", "primaryObjectId"))
    if kind != "contacts" or gone is None or into is None or gone.archived or into.archived or gone is into:
        raise errors.invalid("cannot merge these records")
    change = {"contact_id": gone.entity.id, "into_id": into.entity.id}
    sandbox.commit(request, "hubspot", [("crm.contact_merged", change)], body=body)
    return reply(envelope(sandbox, records(sandbox, kind)[into.id], ["hs_merged_object_ids"]))
