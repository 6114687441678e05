"""Contact fields: list, create, change, delete (rd_station.md A8.6)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.ids import uuid_of
from sandbox.server.marketing.contacts import need_json
from sandbox.server.routing import Route, Router
from sandbox.server.state.reference import STANDARD_FIELDS

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

DATA_TYPES = ("STRING", "INTEGER", "BOOLEAN", "STRING[]")
PRESENTATIONS = (
    "TEXT_INPUT", "TEXT_AREA", "URL_INPUT", "PHONE_INPUT", "EMAIL_INPUT", "CHECK_BOX", "NUMBER_INPUT", "COMBO_BOX",
    "RADIO_BUTTON", "MULTIPLE_CHOICE",
)  # fmt: skip
RESERVED = {*STANDARD_FIELDS, "uuid", "empresa", "cargo", "nome", "telefone", "tags", "cf_order_id"}  # ~130 in real life
DEFAULT_PRESENTATION = {"INTEGER": "NUMBER_INPUT", "BOOLEAN": "CHECK_BOX", "STRING[]": "MULTIPLE_CHOICE"}


def register(router: Router) -> None:
    """Add the routes."""
    router.add("GET", "/platform/contacts/fields", Route(list_fields, "marketing", "fields"))
    router.add("POST", "/platform/contacts/fields", Route(create, "marketing", "fields"))
    router.add("PATCH", "/platform/contacts/fields/{uuid}", Route(change, "marketing", "fields"))
    router.add("DELETE", "/platform/contacts/fields/{uuid}", Route(delete, "marketing", "fields"))


def _names(value: Any, fallback: str) -> dict[str, str]:
    if isinstance(value, dict):
        text = value.get("default") or value.get("pt-BR") or fallback
        return {"default": text, "pt-BR": value.get("pt-BR") or text}
    return {"default": value or fallback, "pt-BR": value or fallback}


def body_of(row: dict[str, Any]) -> dict[str, Any]:
    """One field as printed."""
    options = row.get("options") or (row.get("validation_rules") or {}).get("valid_options") or []
    rules: dict[str, Any] = dict(row.get("validation_rules") or {})
    if options:
        rules["valid_options"] = [
            option if isinstance(option, dict) else {"value": option, "label": {"pt-BR": option}} for option in options
        ]
    fallback = "COMBO_BOX" if options else "TEXT_INPUT"
    return {
        "uuid": row["uuid"],
        "api_identifier": row["api_identifier"],
        "custom_field": bool(row.get("custom_field", row["api_identifier"].startswith("cf_"))),
        "data_type": row.get("data_type", "STRING"),
        "name": _names(row.get("name") or row.get("label"), row["api_identifier"]),
        "label": _names(row.get("label") or row.get("name"), row["api_identifier"]),
        "presentation_type": row.get("presentation_type")
        or DEFAULT_PRESENTATION.get(row.get("data_type", "STRING"), fallback),
        "validation_rules": rules,
    }


def list_fields(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/contacts/fields: the standard fields, then the account's own."""
    stored = sandbox.engine.reference.list("fields")
    have = {row["api_identifier"] for row in stored}
    rows = [
        {"uuid": uuid_of("field", name), "api_identifier": name, "custom_field": False, "data_type": data_type,
         "label": name.replace("_", " ").capitalize(), "presentation_type": presentation}
        for name, (data_type, presentation) in STANDARD_FIELDS.items()
        if name not in have
    ]  # fmt: skip
    return reply({"fields": [body_of(row) for row in [*rows, *stored]]})


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST: 201. The identifier starts with `cf_`, is new and never changes."""
    body = need_json(request) or {}
    name = str(body.get("api_identifier") or "")
    if not name.startswith("cf_") or name in RESERVED:
        return errors.by_field({"api_identifier": [("EXCLUSION", "has invalid options")]})
    if name in sandbox.engine.reference.known_contact_fields():
        return errors.by_field({"api_identifier": [("TAKEN", "has already been taken")]})
    refused = _check(body)
    if refused:
        return refused
    row = {**body, "uuid": uuid_of("field", sandbox.world.seed, sandbox.next_number()), "custom_field": True}
    sandbox.commit(request, "fields", [("ref.put", {"list": "fields", "row": row})], body=body)
    return reply(body_of(row), 201)


def _check(body: dict[str, Any]) -> Response | None:
    if body.get("data_type", "STRING") not in DATA_TYPES:
        return errors.by_field({"data_type": [("INCLUSION", "is not included in the list")]})
    shown = body.get("presentation_type", "TEXT_INPUT")
    if shown not in PRESENTATIONS or (shown == "MULTIPLE_CHOICE" and body.get("data_type") != "STRING[]"):
        return errors.by_field({"presentation_type": [("INCLUSION", "is not included in the list")]})
    if not (body.get("label") or {}).get("pt-BR"):
        return reply({"errors": {"label": {"pt-BR": [{"error_type": "CANNOT_BE_BLANK", "error_message": "blank"}]}}}, 400)
    return None


def change(sandbox: "Sandbox", request: Request) -> Response:
    """PATCH: names, label, presentation and rules; 200."""
    stored = sandbox.engine.reference.get("fields", request.params["uuid"])
    if stored is None:
        return errors.typed("RESOURCE_NOT_FOUND", "Field not found.", 404)
    body = need_json(request) or {}
    row = {key: body[key] for key in ("name", "label", "presentation_type", "validation_rules") if key in body}
    row["uuid"] = stored["uuid"]
    sandbox.commit(request, "fields", [("ref.put", {"list": "fields", "row": row})], body=body)
    return reply(body_of(stored))


def delete(sandbox: "Sandbox", request: Request) -> Response:
    """DELETE: 204."""
    if sandbox.engine.reference.get("fields", request.params["uuid"]) is None:
        return errors.typed("RESOURCE_NOT_FOUND", "Field not found.", 404)
    sandbox.commit(request, "fields", [("ref.drop", {"list": "fields", "key": request.params["uuid"]})])
    return empty()
