"""The default funnel of a contact: stage, opportunity mark, owner, and the read-only scores (rd_station.md A2)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Request, Response, reply
from sandbox.server.marketing.contacts import find, need_json
from sandbox.server.routing import Route, Router
from sandbox.server.state.marketing import Contact

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

STAGES = ("Lead", "Qualified Lead", "Client")
WRITABLE = ("lifecycle_stage", "opportunity", "contact_owner_email")


def register(router: Router) -> None:
    """Add the routes."""
    path = "/platform/contacts/{identifier}/funnels/{funnel}"
    router.add("GET", path, Route(read, "marketing", "funnel"))
    router.add("PUT", path, Route(write, "marketing", "funnel"))


def body_of(contact: Contact) -> dict[str, Any]:
    """The printed funnel."""
    return {
        "lifecycle_stage": contact.lifecycle_stage,
        "opportunity": contact.opportunity,
        "contact_owner_email": contact.owner,
        "fit": contact.fit,
        "interest": contact.interest,
    }


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET …/funnels/default."""
    contact = find(sandbox, request)
    if request.params["funnel"] != "default":
        return errors.typed("RESOURCE_NOT_FOUND", "Funnel not found.", 404)
    return reply(body_of(contact))


def write(sandbox: "Sandbox", request: Request) -> Response:
    """PUT …/funnels/default: stage, opportunity, owner (null, or the text "null", clears the owner)."""
    contact = find(sandbox, request)
    body = need_json(request) or {}
    wrong: dict[str, list[tuple[str, str]]] = {}
    for key in body:
        if key not in WRITABLE:
            text = f"Payload contains fields that cannot be modified: ({key})"
            return errors.typed("INVALID_FIELDS", text, 400)
    if "lifecycle_stage" in body and body["lifecycle_stage"] not in STAGES:
        wrong["lifecycle_stage"] = [("MUST_BE_VALID_OPTION", "must be a valid option")]
    if "opportunity" in body and not isinstance(body["opportunity"], bool):
        wrong["opportunity"] = [("MUST_BE_BOOLEAN", "must be boolean")]
    owner = body.get("contact_owner_email")
    if owner == "null":
        owner = None
    if owner is not None and len(str(owner)) > 100:
        wrong["contact_owner_email"] = [("TOO_LONG", "is too long (maximum is 100 characters)")]
    elif owner is not None and not sandbox.engine.reference.has_user_email(str(owner)):
        text = f"The user {owner} was not found in your account."
        wrong["contact_owner_email"] = [("INVALID_USER", text)]
    if wrong:
        return errors.by_field(wrong)
    change = {"contact_uuid": contact.uuid, **body}
    if "contact_owner_email" in change:
        change["contact_owner_email"] = owner
    sandbox.commit(request, "funnel", [("mkt.funnel", change)], body=body)
    return reply(body_of(contact))
