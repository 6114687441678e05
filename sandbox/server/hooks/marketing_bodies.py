"""Bodies of Marketing deliveries: the API generation and the older one of hooks made on screen (rd_station.md A6)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.server.ids import number_of
from sandbox.server.state.marketing import Contact, Interaction
from sandbox.server.state.signals import Signal
from sandbox.server.times import brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

CHANNELS = {
    "cpc": "Busca Paga", "organic": "Busca Orgânica", "paid": "Social Pago", "social": "Social", "email": "Email",
    "referral": "Referência", "offline": "Outros", "partner": "Referência",
}  # fmt: skip
TEXT_KEYS = (
    "name", "job_title", "bio", "website", "personal_phone", "mobile_phone", "city", "state", "facebook", "linkedin",
    "twitter",
)  # fmt: skip
PORTUGUESE = {
    "name": "nome", "email": "email_lead", "job_title": "cargo", "company_name": "empresa", "mobile_phone": "celular",
    "personal_phone": "telefone", "city": "cidade", "state": "estado", "website": "site",
}  # fmt: skip


def origin_of(contact: Contact) -> str:
    """`funnel.origin`, such as "Busca Paga | Google": medium and source of the last conversion that has them."""
    for item in reversed(contact.interactions):
        source = item.payload.get("traffic_source") if item.type == "CONVERSION" else None
        if source:
            channel = CHANNELS.get(str(item.payload.get("traffic_medium") or ""), "Outros")
            return f"{channel} | {str(source).capitalize()}"
    return "Desconhecido"


def api_body(hook: dict[str, Any], signal: Signal, contact: Contact, now: datetime) -> dict[str, Any]:
    """The delivered body of an API hook: the contact as it is now, filled custom fields only."""
    person: dict[str, Any] = {"uuid": contact.uuid, "email": contact.email}
    person |= {key: contact.fields.get(key) for key in TEXT_KEYS}
    person["tags"] = contact.tags
    person |= {key: value for key, value in contact.fields.items() if key.startswith("cf_")}
    person["legal_bases"] = contact.legal_bases
    if "COMPANY" in hook["include_relations"]:
        person["company"] = {"name": contact.company}
    if "CONTACT_FUNNEL" in hook["include_relations"]:
        person["funnel"] = {
            "name": "default",
            "lifecycle_stage": contact.lifecycle_stage,
            "opportunity": contact.opportunity,
            "contact_owner_email": contact.owner,
            "interest": contact.interest,
            "fit": contact.fit,
            "origin": origin_of(contact),
        }
    return {
        "event_type": signal.name,
        "entity_type": "CONTACT",
        "event_identifier": signal.identifier,
        "timestamp": brasilia(now),
        "event_timestamp": brasilia(signal.at),
        "contact": person,
    }


def _conversion(item: Interaction | None, position: int, origin: bool) -> dict[str, Any] | None:
    if item is None:
        return None
    content = {"identificador": item.identifier}
    content |= {PORTUGUESE.get(key, key): value for key, value in item.payload.items() if not key.startswith("traffic_")}
    body: dict[str, Any] = {
        "content": content,
        "created_at": brasilia(item.at),
        "cumulative_sum": str(position),
        "source": item.identifier,
    }
    if origin:
        get = item.payload.get
        body["conversion_origin"] = {
            "source": get("traffic_source") or "unknown",
            "medium": get("traffic_medium"),
            "value": get("traffic_value"),
            "campaign": get("traffic_campaign"),
            "channel": {"cpc": "Paid Search", "organic": "Organic Search"}.get(str(get("traffic_medium")), "Other"),
        }
    return body


def legacy_body(sandbox: "Sandbox", contact: Contact) -> dict[str, Any]:
    """The 1.x body: numbers and booleans as text, the profile as a letter, custom fields by label."""
    labels = {row["api_identifier"]: row.get("label") for row in sandbox.engine.reference.list("fields")}

    def label(key: str) -> str:
        value = labels.get(key) or key
        return str(value.get("pt-BR") or key) if isinstance(value, dict) else str(value)

    lead: dict[str, Any] = {
        "id": str(number_of("lead", contact.uuid, low=10**8, high=10**9)),
        "uuid": contact.uuid,
        "email": contact.email,
        "name": contact.fields.get("name"),
        "company": contact.company,
        "job_title": contact.fields.get("job_title"),
        "bio": contact.fields.get("bio"),
        "created_at": brasilia(contact.created_at),
        "opportunity": str(contact.opportunity).lower(),
        "number_conversions": str(contact.conversions),
        "user": contact.owner,
        "first_conversion": _conversion(contact.first_conversion, 1, origin=True),
        "last_conversion": _conversion(contact.last_conversion, contact.conversions, origin=False),
        "custom_fields": {label(key): value for key, value in contact.fields.items() if key.startswith("cf_")},
        "website": contact.fields.get("website"),
        "personal_phone": contact.fields.get("personal_phone"),
        "mobile_phone": contact.fields.get("mobile_phone"),
        "city": contact.fields.get("city"),
        "state": contact.fields.get("state"),
        "lead_stage": contact.lifecycle_stage,
        "tags": contact.tags,
        "fit_score": fit_letter(contact.fit),
        "interest": contact.interest,
    }
    return {"leads": [lead]}


def fit_letter(fit: int) -> str:
    """Profile letter of the older body; the bands are the sandbox's own (accounts set theirs, rd_station.md A9)."""
    return "a" if fit >= 75 else "b" if fit >= 50 else "c" if fit >= 25 else "d"
