"""Segmentations and their contacts: the only way to list contacts (rd_station.md A3)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Request, Response, reply
from sandbox.server.marketing.contact_body import e164, link
from sandbox.server.routing import Route, Router
from sandbox.server.state.marketing import Contact
from sandbox.server.times import brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

MAX_PAGE = 125
BUILT_IN: dict[int, tuple[str, Callable[[Contact], bool]]] = {
    1: ("Todos os contatos da base de Leads", lambda contact: True),
    2: ("Leads (estágio no funil)", lambda contact: contact.lifecycle_stage == "Lead"),
    3: ("Leads Qualificados (estágio no funil)", lambda contact: contact.lifecycle_stage == "Qualified Lead"),
    4: ("Clientes (estágio no funil)", lambda contact: contact.lifecycle_stage == "Client"),
    5: ("Oportunidades", lambda contact: contact.opportunity),
}


def register(router: Router) -> None:
    """Add the routes."""
    router.add("GET", "/platform/segmentations", Route(segmentations, "marketing", "segmentations"))
    path = "/platform/segmentations/{id}/contacts"
    router.add("GET", path, Route(contacts, "marketing", "segmentation_contacts"))


def paging(request: Request, default: int, maximum: int) -> tuple[int, int]:
    """(page, page_size) of a Marketing listing; 400 when out of bounds."""
    try:
        page, size = int(request.query("page") or 1), int(request.query("page_size") or default)
    except ValueError:
        raise errors.refuse(errors.by_field({"page": [("INVALID", "is not a number")]})) from None
    if page < 1 or size < 1:
        raise errors.refuse(errors.by_field({"page": [("INVALID", "must be greater than 0")]}))
    if size > maximum:
        text = f"must be less than or equal to {maximum}"
        raise errors.refuse(errors.by_field({"page_size": [("MUST_BE_LESS_THAN_OR_EQUAL", text)]}))
    return page, size


def with_totals(answer: Response, total: int, page: int, size: int) -> Response:
    """The three pagination headers."""
    answer.with_header("pagination-total-rows", total).with_header("pagination-page-size", size)
    return answer.with_header("pagination-page", page)


def _all(sandbox: "Sandbox") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"id": key, "name": name, "standard": True} for key, (name, _) in BUILT_IN.items()]
    for row in sandbox.engine.reference.list("segmentations"):
        if int(row["id"]) not in BUILT_IN:
            rows.append({**row, "id": int(row["id"])})
    return rows


def segmentations(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/segmentations; `search` filters by name and leaves out the built-in ones."""
    page, size = paging(request, 25, MAX_PAGE)
    rows = _all(sandbox)
    search = request.query("search")
    if search:
        rows = [row for row in rows if not row.get("standard") and search.lower() in row["name"].lower()]
    start, now = sandbox.world.start, sandbox.now()
    body = [
        {
            "id": row["id"],
            "name": row["name"],
            "standard": True if row["id"] in BUILT_IN else None,
            "created_at": brasilia(row.get("created_at") or start),
            "updated_at": brasilia(now),
            "process_status": "processed",
            "links": [link("SELF", f"/platform/segmentations/{row['id']}/contacts")],
        }
        for row in rows[(page - 1) * size : page * size]
    ]
    return with_totals(reply({"segmentations": body}), len(rows), page, size)


def _members(sandbox: "Sandbox", key: int, descending: bool) -> list[Contact]:
    if key in BUILT_IN:
        test = BUILT_IN[key][1]
    else:
        row = next(row for row in sandbox.engine.reference.list("segmentations") if int(row["id"]) == key)
        test = member_test(row)
    chosen = [contact for contact in sandbox.engine.marketing.contacts.values() if test(contact)]
    dated = sorted((c for c in chosen if c.last_conversion), key=lambda c: (c.last_conversion_at, c.uuid))  # type: ignore[arg-type,return-value]
    plain = [contact for contact in chosen if not contact.last_conversion]
    return [*reversed(dated), *plain] if descending else [*plain, *dated]


def member_test(row: dict[str, Any]) -> Callable[[Contact], bool]:
    """Membership of a custom segmentation: by `tag`, `conversion_identifier` or `field` + `value` of its row."""
    rule = row.get("rule") or row
    if rule.get("tag"):
        return lambda contact: rule["tag"] in contact.tags
    if rule.get("conversion_identifier"):
        name = rule["conversion_identifier"]
        return lambda contact: any(i.type == "CONVERSION" and i.identifier == name for i in contact.interactions)
    if rule.get("field"):
        return lambda contact: contact.fields.get(rule["field"]) == rule.get("value")
    return lambda contact: False


def contacts(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/segmentations/{id}/contacts; order=last_conversion_date[:desc]."""
    page, size = paging(request, 25, MAX_PAGE)
    key = int(request.params["id"]) if request.params["id"].isdigit() else -1
    if key not in {row["id"] for row in _all(sandbox)}:
        return errors.typed("RESOURCE_NOT_FOUND", "Segmentation not found.", 404)
    order = request.query("order") or "last_conversion_date:asc"
    field, _, direction = order.partition(":")
    if field not in ("last_conversion_date", "name"):
        return errors.by_field({"order": [("MUST_BE_VALID_OPTION", "must be a valid option")]})
    descending = direction == "desc"
    members = sandbox.cached(("segment", key, descending), lambda: _members(sandbox, key, descending))
    rows = [_row(sandbox, contact) for contact in members[(page - 1) * size : page * size]]
    return with_totals(reply({"contacts": rows}), len(members), page, size)


def _row(sandbox: "Sandbox", contact: Contact) -> dict[str, Any]:
    row: dict[str, Any] = {
        "uuid": contact.uuid,
        "name": contact.fields.get("name"),
        "email": contact.email,
        "last_conversion_date": brasilia(contact.last_conversion_at),
        "created_at": brasilia(contact.created_at),
        "links": [link("SELF", f"/platform/contacts/{contact.uuid}")],
    }
    phone = contact.fields.get("mobile_phone") or contact.fields.get("personal_phone")
    if sandbox.config.segmentation_phone and phone:
        row["phone"] = e164(phone)
    return row
