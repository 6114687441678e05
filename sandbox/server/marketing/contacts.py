"""Contacts: read, create, upsert, delete, tag (rd_station.md A2)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.ids import uuid_of
from sandbox.server.marketing.contact_body import contact_body
from sandbox.server.marketing.contact_checks import check_contact, check_tags
from sandbox.server.routing import Route, Router
from sandbox.server.state.marketing import Contact

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

KINDS = ("uuid", "email", "phone")


def register(router: Router) -> None:
    """Add the routes."""
    one = "/platform/contacts/{identifier}"
    router.add("GET", "/platform/contacts", Route(list_contacts, "marketing", "contacts"))
    router.add("POST", "/platform/contacts", Route(create, "marketing", "contacts"))
    router.add("GET", one, Route(read, "marketing", "contacts"))
    router.add("PATCH", one, Route(upsert, "marketing", "contact_patch"))
    router.add("DELETE", one, Route(delete, "marketing", "contacts"))
    router.add("POST", one + "/tag", Route(tag, "marketing", "tag"))


def split_identifier(request: Request) -> tuple[str, str]:
    """(`uuid`|`email`|`phone`, value) of the path; a bare value is a uuid."""
    kind, colon, value = request.params["identifier"].partition(":")
    if not colon:
        return "uuid", kind
    if kind not in KINDS:
        raise errors.refuse(errors.lead_not_found())
    return kind, value


def find(sandbox: "Sandbox", request: Request) -> Contact:
    """The contact that the path names, or 404."""
    contact = sandbox.engine.marketing.find(*split_identifier(request))
    if contact is None:
        raise errors.refuse(errors.lead_not_found())
    return contact


def need_json(request: Request) -> Any:
    """The JSON body; another content type is refused with 415 (A0)."""
    if request.header("content-type").split(";")[0].strip().lower() != "application/json":
        text = "The payload is in a format not supported by this method on the target resource."
        raise errors.refuse(errors.typed("UNSUPPORTED_MEDIA_TYPE", text, 415))
    return request.json()


def list_contacts(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/contacts: not documented; answers only with the switch `contacts_list` (page, page_size)."""
    if not sandbox.config.contacts_list:
        return errors.typed("RESOURCE_NOT_FOUND", "The resource could not be found.", 404)
    contacts = list(sandbox.engine.marketing.contacts.values())
    size = min(125, max(1, int(request.query("page_size") or 25)))
    start = (max(1, int(request.query("page") or 1)) - 1) * size
    return reply({"contacts": [contact_body(sandbox, contact) for contact in contacts[start : start + size]]})


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/contacts/{identifier}."""
    return reply(contact_body(sandbox, find(sandbox, request)))


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /platform/contacts: create only; 200."""
    body = need_json(request)
    refused = check_contact(sandbox, body, None)
    if refused:
        return refused
    if not body.get("email") and not (body.get("phone") or body.get("mobile_phone")):
        return errors.by_field({"email": [("CANNOT_BE_NULL", "can not be null")]})
    if body.get("email") and sandbox.engine.marketing.find("email", body["email"]):
        return errors.typed("EMAIL_ALREADY_IN_USE", "email already in use", 400)
    return _save(sandbox, request, None, body)


def upsert(sandbox: "Sandbox", request: Request) -> Response:
    """PATCH: changes or creates; `tags` replaces the stored list. No conversion, no webhook."""
    kind, value = split_identifier(request)
    body = need_json(request)
    refused = check_contact(sandbox, body, kind)
    if refused:
        return refused
    contact = sandbox.engine.marketing.find(kind, value)
    if contact is None and kind == "uuid":
        return errors.lead_not_found()
    other = sandbox.engine.marketing.find("email", body["email"]) if body.get("email") else None
    if other is not None and other is not contact:
        return errors.typed("EMAIL_ALREADY_IN_USE", "email already in use", 400)
    if contact is None:
        body = {**body, "email" if kind == "email" else "mobile_phone": value}
    return _save(sandbox, request, contact, body)


def _save(sandbox: "Sandbox", request: Request, contact: Contact | None, body: dict[str, Any]) -> Response:
    data: dict[str, Any] = {"fields": {k: v for k, v in body.items() if k not in ("email", "name", *LISTS)}}
    if "phone" in data["fields"]:
        data["fields"].setdefault("mobile_phone", data["fields"].pop("phone"))
    data |= {key: body[key] for key in ("email", "name", *LISTS) if key in body}
    if contact is None:
        data = {"email": None, **data, "contact_uuid": uuid_of("contact", sandbox.world.seed, sandbox.next_number())}
        sandbox.commit(request, "contacts", [("mkt.contact_created", data)], body=body)
    else:
        data["contact_uuid"] = contact.uuid
        sandbox.commit(request, "contacts", [("mkt.contact_updated", data)], body=body)
    return reply(contact_body(sandbox, sandbox.engine.marketing.contacts[data["contact_uuid"]]))


LISTS = ("tags", "extra_emails", "legal_bases")


def delete(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE: 204, or 404."""
    contact = find(sandbox, request)
    sandbox.commit(request, "contacts", [("mkt.contact_deleted", {"contact_uuid": contact.uuid})])
    return empty()


def tag(sandbox: "Sandbox", request: Request) -> Response:
    """POST …/tag: adds lowercase tags that are new; never creates a contact."""
    contact = find(sandbox, request)
    body = need_json(request)
    tags = body.get("tags") if isinstance(body, dict) else None
    if tags is None:
        return errors.by_field({"tags": [("CANNOT_BE_NULL", "can not be null")]})
    refused = check_tags(tags, contact.tags)
    if refused:
        return refused
    change = {"contact_uuid": contact.uuid, "add_tags": tags}
    sandbox.commit(request, "tag", [("mkt.contact_updated", change)], body=body)
    return reply(contact_body(sandbox, contact))
