"""Event types that `/platform/events` accepts and their payloads (rd_station.md A5)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Response
from sandbox.server.marketing.contact_checks import BASE_TYPES, EMAIL

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

ECOMMERCE = tuple(
    "ECOMMERCE_" + name
    for name in (
        "CHECKOUT_STARTED", "CART_ABANDONED", "ORDER_PLACED", "ORDER_PAID", "ORDER_FULFILLED", "SHIPMENT_DELIVERED",
        "ORDER_CANCELLED", "ORDER_REFUNDED",
    )
)  # fmt: skip
DEPRECATED = ("ORDER_PLACED", "ORDER_PLACED_ITEM", "CART_ABANDONED", "CART_ABANDONED_ITEM")
QUALIFICATION = ("OPPORTUNITY", "SALE", "OPPORTUNITY_LOST")
# Required payload keys by type; the e-mail is required of all.
REQUIRED: dict[str, tuple[str, ...]] = {
    "CONVERSION": ("conversion_identifier",),
    **dict.fromkeys(QUALIFICATION, ("funnel_name",)),
    "CHAT_STARTED": ("chat_subject", "cf_chat_status"),
    "CHAT_FINISHED": ("chat_subject", "cf_chat_status"),
    "CALL_FINISHED": (),
    "MEDIA_PLAYBACK_STARTED": (),
    "MEDIA_PLAYBACK_STOPPED": (),
    **dict.fromkeys(ECOMMERCE, ()),
}
TEXT_KEYS = (
    "conversion_identifier", "email", "name", "job_title", "state", "city", "country", "personal_phone",
    "mobile_phone", "twitter", "facebook", "linkedin", "website", "company_name", "company_site", "company_address",
    "client_tracking_id", "traffic_source", "traffic_medium", "traffic_campaign", "traffic_value", "funnel_name",
    "reason", "call_status", "call_from_number", "media_type", "media_identifier",
)  # fmt: skip
# Conversion attributes that are stored on the contact; the rest of the list only lives in the event.
CONTACT_KEYS = (
    "job_title", "state", "city", "country", "personal_phone", "mobile_phone", "twitter", "facebook", "linkedin",
    "website",
)  # fmt: skip
EVENT_ONLY_KEYS = (
    "name", "company_name", "company_site", "company_address", "client_tracking_id", "traffic_source",
    "traffic_medium", "traffic_campaign", "traffic_value", "tags", "available_for_mailing", "legal_bases", "email",
)  # fmt: skip


def valid_types(sandbox: "Sandbox") -> list[str]:
    """Types accepted now (the deprecated e-commerce ones by switch)."""
    return [*REQUIRED, *(DEPRECATED if sandbox.config.deprecated_events else ())]


def check_event(sandbox: "Sandbox", event: Any) -> Response | None:
    """The 400 of one event, or None."""
    if not isinstance(event, dict):
        return _wrong_type("$", "OBJECT")
    kinds = valid_types(sandbox)
    if event.get("event_type") not in kinds:
        text = "Must be one of the valid options."
        return errors.event_error("INVALID_OPTION", text, {"valid_options": kinds}, "$.event_type", bare=True)
    if event.get("event_family") != "CDP":
        text = "Must be one of the valid options."
        return errors.event_error("INVALID_OPTION", text, {"valid_options": ["CDP"]}, "$.event_family", bare=True)
    payload = event.get("payload")
    if not isinstance(payload, dict):
        return _wrong_type("$.payload", "OBJECT")
    for key in ("email", *REQUIRED.get(event["event_type"], ())):
        value = payload.get(key)
        if value is None:
            return errors.event_error("CANNOT_BE_NULL", "Cannot be null.", {}, f"$.payload.{key}")
        if isinstance(value, str) and not value.strip():
            return errors.event_error("CANNOT_BE_BLANK", "Cannot be blank.", {}, f"$.payload.{key}")
    return _check_values(event["event_type"], payload)


def _check_values(kind: str, payload: dict[str, Any]) -> Response | None:
    for key in TEXT_KEYS:
        if payload.get(key) is not None and not isinstance(payload[key], str):
            return _wrong_type(f"$.payload.{key}", "STRING")
    if not EMAIL.match(payload["email"]):
        return errors.event_error("INVALID_FORMAT", "Must be a valid email.", {"format": "EMAIL"}, "$.payload.email")
    tags = payload.get("tags")
    if tags is not None and (not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags)):
        return _wrong_type("$.payload.tags", "SET")
    if payload.get("available_for_mailing") is not None and not isinstance(payload["available_for_mailing"], bool):
        return _wrong_type("$.payload.available_for_mailing", "BOOLEAN")
    value = payload.get("value")
    if kind == "SALE" and value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        return _wrong_type("$.payload.value", "NUMBER")
    if kind in QUALIFICATION and payload["funnel_name"] != "default":
        rules = {"valid_options": ["default"]}
        return errors.event_error("INVALID_OPTION", "Must be one of the valid options.", rules, "$.payload.funnel_name")
    if len(payload.get("line_items") or ()) > 20:
        return errors.event_error("TOO_LONG", "Must have at most 20 items.", {"max": 20}, "$.payload.line_items")
    return None if kind in QUALIFICATION else _check_bases(payload.get("legal_bases"))


def _check_bases(bases: Any) -> Response | None:
    if bases is None:
        return None
    if not isinstance(bases, list):
        return _wrong_type("$.payload.legal_bases", "ARRAY")
    for number, base in enumerate(bases):
        for key, options in (
            ("category", ["communications"]), ("type", sorted(BASE_TYPES)), ("status", ["granted", "declined"]),
        ):  # fmt: skip
            if not isinstance(base, dict) or base.get(key) not in options:
                path = f"$.payload.legal_bases[{number}].{key}"
                text = "Must be one of the valid options."
                return errors.event_error("INVALID_OPTION", text, {"valid_options": options}, path)
    return None


def _wrong_type(path: str, data_type: str) -> Response:
    text = f"Must be of type '{data_type}'."
    return errors.event_error("INVALID_DATA_TYPE", text, {"data_type": data_type}, path)


def stored_payload(sandbox: "Sandbox", payload: dict[str, Any]) -> dict[str, Any]:
    """What a conversion keeps: known keys only; unknown ones are dropped without an error (A2, Fields)."""
    known = {*CONTACT_KEYS, *EVENT_ONLY_KEYS, *sandbox.engine.reference.known_contact_fields()}
    return {key: value for key, value in payload.items() if key in known}


def contact_write(sandbox: "Sandbox", payload: dict[str, Any]) -> dict[str, Any]:
    """The contact changes that a conversion brings: filled attributes, added tags, legal bases."""
    custom = {row["api_identifier"] for row in sandbox.engine.reference.list("fields")} - {"email", "name"}
    fields = {key: payload[key] for key in (*CONTACT_KEYS, *sorted(custom)) if payload.get(key) not in (None, "")}
    if payload.get("company_name"):
        fields["company"] = payload["company_name"]
    write: dict[str, Any] = {"fields": fields}
    if payload.get("name"):
        write["name"] = payload["name"]
    if payload.get("tags"):
        write["add_tags"] = [tag.lower() for tag in payload["tags"]]
    if payload.get("legal_bases"):
        write["legal_bases"] = payload["legal_bases"]
    return write
