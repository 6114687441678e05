"""Printed CRM v1 contacts: list row, detail, and the row under a deal."""

from typing import TYPE_CHECKING, Any

from sandbox.server.crm_v1.deal_body import birthday
from sandbox.server.ids import hex24
from sandbox.server.state.crm_entities import Person
from sandbox.server.times import brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def phone_row(row: dict[str, Any]) -> dict[str, Any]:
    """A phone on list rows: with the WhatsApp display aids."""
    digits = _digits(row["phone"])
    whole = digits if digits.startswith("55") and len(digits) > 11 else "55" + digits
    local = whole[2:]
    shown = f"+55 {local[:2]} {local[2:-4]}-{local[-4:]}"
    return {
        "created_at": None,
        "phone": row["phone"],
        "type": row.get("type") or "work",
        "updated_at": None,
        "whatsapp": len(local) == 11,
        "whatsapp_full_internacional": shown,
        "whatsapp_url_web": f"https://web.whatsapp.com/send?phone={whole}",
    }


def _common(person: Person) -> dict[str, Any]:
    return {
        "_id": person.id,
        "birthday": birthday(person),
        "contact_custom_fields": [
            {"_id": hex24(person.id, key), "created_at": None, "custom_field_id": key, "updated_at": None, "value": value}
            for key, value in person.custom.items()
        ],
        "created_at": brasilia(person.created_at),
        "emails": [
            {"_id": hex24(person.id, "email", email), "created_at": None, "email": email, "updated_at": None}
            for email in person.emails
        ],
        "facebook": person.social.get("facebook"),
        "id": person.id,
        "legal_bases": person.legal_bases,
        "linkedin": person.social.get("linkedin"),
        "name": person.name,
        "notes": person.notes,
        "organization_id": person.organization_id,
        "skype": person.social.get("skype"),
        "title": person.title,
        "updated_at": brasilia(person.updated_at),
    }


def deal_contact(person: Person) -> dict[str, Any]:
    """A row of GET /deals/{id}/contacts."""
    return {**_common(person), "phones": [phone_row(row) for row in person.phones]}


def list_row(sandbox: "Sandbox", person: Person) -> dict[str, Any]:
    """A row of GET /contacts: with a summary of the deals."""
    crm = sandbox.engine.crm
    deals = [crm.deals[key] for key in sorted(crm.deals_of_person.get(person.id, ()))]
    return {
        **deal_contact(person),
        "deals": [
            {
                "_id": deal.id,
                "closed_at": brasilia(deal.closed_at),
                "deal_lost_reason_id": deal.lost_reason_id,
                "id": deal.id,
                "name": deal.name,
                "prediction_date": deal.prediction_date,
                "win": deal.win,
            }
            for deal in deals
        ],
    }


def detail(sandbox: "Sandbox", person: Person) -> dict[str, Any]:
    """GET /contacts/{id}."""
    crm = sandbox.engine.crm
    row = crm.organizations.get(person.organization_id or "")
    return {
        **_common(person),
        "contact_c_f": {},
        "deal_ids": sorted(crm.deals_of_person.get(person.id, ())),
        "organization": {"_id": row.id, "name": row.name, "resume": row.resume, "url": row.url} if row else None,
        "phones": [
            {"_id": hex24(person.id, "phone", n), "created_at": None, "phone": item["phone"],
             "type": item.get("type") or "work", "updated_at": None}
            for n, item in enumerate(person.phones)
        ],
    }  # fmt: skip
