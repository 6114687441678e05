"""The printed form of a contact (rd_station.md A2): no dates, no company, no score."""

from typing import TYPE_CHECKING, Any

from sandbox.server.state.marketing import TEXT_FIELDS, Contact

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

HOST = "https://api.rd.services"


def link(rel: str, href: str, method: str = "GET") -> dict[str, str]:
    """One entry of `links`."""
    return {"rel": rel, "href": HOST + href, "media": "application/json", "type": method}


def contact_body(sandbox: "Sandbox", contact: Contact) -> dict[str, Any]:
    """GET, POST and PATCH answer this. Empty text is left out (or null by switch), lists always come."""
    values = {"email": contact.email, **contact.fields}
    body: dict[str, Any] = {"uuid": contact.uuid}
    for key in ("name", "email", *TEXT_FIELDS[1:]):
        if values.get(key) not in (None, ""):
            body[key] = values[key]
        elif sandbox.config.contact_nulls:
            body[key] = None
    if sandbox.config.contact_phone_key:
        phone = contact.fields.get("mobile_phone") or contact.fields.get("personal_phone")
        if phone:
            body["phone"] = e164(phone)
    body["tags"] = contact.tags
    body["extra_emails"] = contact.extra_emails
    body["legal_bases"] = contact.legal_bases
    for key, value in contact.fields.items():
        if key.startswith("cf_"):
            body[key] = value
    by_id, plain = f"/platform/contacts/uuid:{contact.uuid}", f"/platform/contacts/{contact.uuid}"
    body["links"] = [link("SELF", by_id)]
    if contact.email:
        body["links"].append(link("SELF", f"/platform/contacts/email:{contact.email}"))
    body["links"] += [
        link("CONTACT.DELETE", by_id, "DELETE"),
        link("CONTACT.FUNNEL", f"{plain}/funnels/{{funnel_name}}"),
        link("CONTACT.EVENTS", f"{plain}/events?event_type={{event_type}}"),
    ]
    return body


def e164(phone: str) -> str:
    """A phone as newer accounts return it: plus, country code, digits."""
    digits = "".join(c for c in phone if c.isdigit())
    return "+" + (digits if digits.startswith("55") and len(digits) > 11 else "55" + digits)
