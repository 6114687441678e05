"""CRM v1 organizations: list, detail (the only place with `integration_id`), create, update."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.base import add, body_dict, page_of, user_of
from sandbox.server.crm_v1.deal_body import organization_fields, segments_of, short_person
from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Organization, Person
from sandbox.server.times import brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/organizations", list_organizations, "organizations")
    add(router, base, "GET", "/organizations/{id}", read, "organization")
    add(router, base, "POST", "/organizations", create, "organizations_write")
    add(router, base, "PUT", "/organizations/{id}", update, "organizations_write")


def list_organizations(sandbox: "Sandbox", request: Request) -> Response:
    """GET /organizations: order, direction, organization_segment, user_id, q."""
    pairs = tuple(sorted(pair for pair in request.pairs if pair[0] not in ("page", "limit", "token")))
    rows = sandbox.cached(("v1orgs", request.user_id, pairs), lambda: _select(sandbox, request))
    return page_of(sandbox, request, "organizations", rows, lambda row: list_row(sandbox, row))


def _select(sandbox: "Sandbox", request: Request) -> list[Organization]:
    rows = [row for row in sandbox.engine.crm.organizations.values() if request.user_id in (None, row.user_id)]
    user, segment, text = (request.query(name) for name in ("user_id", "organization_segment", "q"))
    if user:
        rows = [row for row in rows if row.user_id == user]
    if segment:
        rows = [row for row in rows if any(segment in (s["id"], s["name"]) for s in segments_of(sandbox, row))]
    if text:
        rows = [row for row in rows if text.lower() in row.name.lower()]
    order = request.query("order") or "name"
    if order in ("created_at", "updated_at"):
        rows.sort(key=lambda row: (getattr(row, order), row.id))
    else:
        rows.sort(key=lambda row: (row.name.lower(), row.id))
    if request.query("direction") == "desc":
        rows.reverse()
    return rows


def _persons(sandbox: "Sandbox", row: Organization) -> list[Person]:
    crm = sandbox.engine.crm
    return [crm.persons[key] for key in sorted(crm.persons_of_organization.get(row.id, ())) if key in crm.persons]


def list_row(sandbox: "Sandbox", row: Organization) -> dict[str, Any]:
    """One row of the list, with counts of deals by outcome."""
    crm = sandbox.engine.crm
    states = [crm.deals[key].status for key in crm.deals_of_organization.get(row.id, ())]
    return {
        "_id": row.id,
        "address": row.address,
        "contacts": [short_person(person) for person in _persons(sandbox, row)],
        "created_at": brasilia(row.created_at),
        "custom_fields": organization_fields(sandbox, row),
        "id": row.id,
        "lost_count": states.count("lost"),
        "name": row.name,
        "opened_count": states.count("ongoing"),
        "organization_segments": segments_of(sandbox, row),
        "paused_count": states.count("paused"),
        "resume": row.resume,
        "updated_at": brasilia(row.updated_at),
        "url": row.url,
        "user": user_of(sandbox, row.user_id, "email", "nickname"),
        "won_count": states.count("won"),
    }


def _contact(sandbox: "Sandbox", row: Organization, person: Person) -> dict[str, Any]:
    created = brasilia(person.created_at)
    return {
        "_id": person.id,
        "created_at": created,
        "deal_ids": sorted(sandbox.engine.crm.deals_of_person.get(person.id, ())),
        "emails": [
            {"_id": hex24(person.id, "email", email), "created_at": None, "email": email, "updated_at": None}
            for email in person.emails
        ],
        "facebook": person.social.get("facebook"),
        "import_id": None,
        "instance_id": sandbox.engine.reference.instance_id,
        "integration_id": person.integration_id,
        "integration_type": "RD_STATION" if person.integration_id else None,
        "legal_bases": [
            {**base, "_id": hex24(person.id, "base", n), "created_at": created, "updated_at": created}
            for n, base in enumerate(person.legal_bases)
        ],
        "linkedin": person.social.get("linkedin"),
        "name": person.name,
        "notes": person.notes,
        "organization_id": person.organization_id,
        "phones": [
            {"_id": hex24(person.id, "phone", n), "created_at": None, "phone": item["phone"], "type": None, "updated_at": None}
            for n, item in enumerate(person.phones)
        ],
        "skype": person.social.get("skype"),
        "title": person.title,
        "updated_at": brasilia(person.updated_at),
        "user_id": row.user_id,
        "user_ids": [row.user_id] if row.user_id else [],
    }


def detail(sandbox: "Sandbox", row: Organization) -> dict[str, Any]:
    """GET /organizations/{id}."""
    user = sandbox.engine.reference.user(row.user_id)
    follower = {
        "_id": user["id"], "created_at": brasilia(user["created_at"]), "email": user.get("email"), "name": user["name"],
        "phone": user.get("phone"), "team_ids": [user["team_id"]] if user.get("team_id") else [],
        "updated_at": brasilia(user["updated_at"]),
    } if user else None  # fmt: skip
    return {
        "_id": row.id,
        "address": row.address,
        "address_latitude": None,
        "address_longitude": None,
        "contacts": [_contact(sandbox, row, person) for person in _persons(sandbox, row)],
        "created_at": brasilia(row.created_at),
        "follower_ids": [user["id"]] if user else [],
        "followers": [follower] if follower else [],
        "last_activity_at": None,
        "name": row.name,
        "organization_custom_fields": organization_fields(sandbox, row),
        "organization_segments": segments_of(sandbox, row),
        "resume": row.resume,
        "updated_at": brasilia(row.updated_at),
        "url": row.url,
        "user": {"_id": user["id"], "name": user["name"]} if user else None,
        "user_id": row.user_id,
    }


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /organizations/{id}; hidden rows are 404."""
    row = sandbox.engine.crm.organizations.get(request.params["id"])
    if row is None or request.user_id not in (None, row.user_id):
        return errors.lead_not_found()
    return reply(detail(sandbox, row))


def organization_change(sandbox: "Sandbox", body: dict[str, Any]) -> dict[str, Any]:
    """The changes of an organization object."""
    change = {key: body[key] for key in ("name", "url", "resume", "address", "user_id") if key in body}
    if "name" in change and len(str(change["name"] or "")) < 2:
        raise errors.refuse(errors.v1_fields({"name": ["Nome está muito curto, use no mínimo 2 caracteres."]}))
    for item in body.get("organization_custom_fields") or []:
        field = sandbox.engine.reference.custom_field("organization", item["custom_field_id"])
        if field is None:
            text = f"Could not find a custom field that matches: {{:custom_field_id=>\"{item['custom_field_id']}\"}}"
            raise errors.refuse(errors.v1_text(text))
        if field["label"] == "CNPJ":
            change["cnpj"] = item["value"]
        else:
            change.setdefault("custom", {})[field["label"]] = item["value"]
    segments = body.get("organization_segments")
    if segments:
        change["segment"] = segments[0] if isinstance(segments[0], str) else segments[0].get("_id")
    return change


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /organizations: 200."""
    body = body_dict(request)
    change = organization_change(sandbox, body.get("organization") or body)
    if not change.get("name"):
        return errors.v1_fields({"name": ["Nome não pode ficar em branco."]})
    change["organization_id"] = hex24("organization", sandbox.world.seed, sandbox.next_number())
    sandbox.commit(request, "crm_organizations", [("crm.organization_created", change)], body=body)
    return reply(detail(sandbox, sandbox.engine.crm.organizations[change["organization_id"]]))


def update(sandbox: "Sandbox", request: Request) -> Response:
    """PUT /organizations/{id}."""
    row = sandbox.engine.crm.organizations.get(request.params["id"])
    if row is None:
        return errors.lead_not_found()
    body = body_dict(request)
    change = {**organization_change(sandbox, body.get("organization") or body), "organization_id": row.id}
    sandbox.commit(request, "crm_organizations", [("crm.organization_updated", change)], body=body)
    return reply(detail(sandbox, row))
